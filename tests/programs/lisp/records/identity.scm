(define-record-type p (make x) p? (x px))
(define a (make 1))
(write (list (eqv? a a) (eqv? a (make 1)) (equal? a (make 1)))) (newline) ; expect: (#t #f #f)
