(define p (make-parameter 5 (lambda (x) (* x 2))))
(write (list (p) (parameterize ((p 7)) (p)) (p))) (newline) ; expect: (10 14 10)
