(define-syntax second (syntax-rules () ((_ _ x . _) x)))
(write (second 1 2 3)) (newline) ; expect: 2
