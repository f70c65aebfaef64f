(define-values (a b . c) (values 1 2 3 4))
(write (list a b c)) (newline) ; expect: (1 2 (3 4))
(define (f) (define-values (x y) (values 1 2)) (+ x y))
(write (f)) (newline) ; expect: 3
