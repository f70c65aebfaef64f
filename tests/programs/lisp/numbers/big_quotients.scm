(write (list (quotient (expt 10 30) (expt 10 28)) (remainder (+ 7 (expt 10 30)) (expt 10 28)) (modulo -1 (expt 10 20))))
(newline) ; expect: (100 7 99999999999999999999)
