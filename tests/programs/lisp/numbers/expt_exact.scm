(write (list (expt 2 100) (expt 2 -2) (expt 0 0) (expt 1/2 3))) (newline) ; expect: (1267650600228229401496703205376 1/4 1 1/8)
