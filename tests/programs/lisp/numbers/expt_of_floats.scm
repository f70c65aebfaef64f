(write (list (expt 2. 3) (expt 4 0.5) (expt 2 0.))) (newline) ; expect: (8.0 2.0 1.0)
