(define p (make-parameter 1))
(call/cc (lambda (k) (parameterize ((p 2)) (k #f))))
(write (p)) (newline) ; expect: 1
