(write (list (equal? #(1 2) #(1 2)) (eqv? #() #(1)) (equal? #(1 2) '(1 2)))) (newline) ; expect: (#t #f #f)
