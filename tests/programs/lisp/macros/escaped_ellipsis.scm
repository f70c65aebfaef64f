(define-syntax m (syntax-rules () ((_ a) '(a (... ...)))))
(write (m 1)) (newline) ; expect: (1 ...)
