(write (list (exp 0) (sin 0) (log 1) (atan 0))) (newline) ; expect: (1 0 0 0)
