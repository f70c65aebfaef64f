(write (map round '(0.5 1.5 2.5 -1.5 7/2 5/2))) (newline) ; expect: (0.0 2.0 2.0 -2.0 4 2)
