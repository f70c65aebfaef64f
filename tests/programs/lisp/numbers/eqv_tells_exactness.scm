(write (list (eqv? 2 2.0) (= 2 2.0) (equal? 2 2.0) (eqv? 1.5 1.5) (eqv? 0.0 -0.0))) (newline) ; expect: (#f #t #f #t #f)
