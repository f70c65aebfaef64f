(define-syntax m (syntax-rules () ((_) (syntax-error "never use this" 1))))
(m) ; expect syntax error: never use this
