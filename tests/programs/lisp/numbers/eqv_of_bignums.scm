(write (eqv? (expt 10 30) (expt 10 30))) (newline) ; expect: #t
