(write (list 1. .5 -1.5e2 +2.0E-1 1e0)) (newline) ; expect: (1.0 0.5 -150.0 0.2 1.0)
