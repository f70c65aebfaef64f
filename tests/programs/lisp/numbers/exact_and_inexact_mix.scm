(write (list (+ 1 0.5) (* 2 0.5) (+ 1/2 0.5))) (newline) ; expect: (1.5 1.0 1.0)
