(write (list (+) (*) (+ 5) (* 5) (- 5) (/ 4))) (newline) ; expect: (0 1 5 5 -5 1/4)
