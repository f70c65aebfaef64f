(write (list (+ 1 2 3 4) (* 1 2 3 4) (- 10 1 2 3) (/ 24 2 3))) (newline) ; expect: (10 24 4 4)
