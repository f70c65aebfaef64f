(define p (make-parameter 1))
(define (f) (p))
(write (list (f) (parameterize ((p 2)) (f)))) (newline) ; expect: (1 2)
