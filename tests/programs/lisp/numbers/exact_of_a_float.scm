(write (list (exact 2.0) (exact 0.5) (exact -1.25))) (newline) ; expect: (2 1/2 -5/4)
