(write (list (rationalize 3/10 1/10) (rationalize .3 1/10))) (newline) ; expect: (1/3 0.3333333333333333)
