(define a (make-parameter 1)) (define b (make-parameter 2))
(write (parameterize ((a (b)) (b (a))) (list (a) (b)))) (newline) ; expect: (2 1)
