(write (guard (e (#t (list 'got e))) (raise '(1 2)))) (newline) ; expect: (got (1 2))
