(define c (list 1 2)) (set-cdr! (cdr c) c)
(write (list (list? '()) (list? '(1 2)) (list? '(1 . 2)) (list? c))) (newline) ; expect: (#t #t #f #f)
