(write (list (equal? '(1 (2 #(3))) '(1 (2 #(3)))) (eqv? '() '()) (equal? '(1 2) '(1 3)))) (newline) ; expect: (#t #t #f)
