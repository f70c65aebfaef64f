(define-syntax v (syntax-rules () ((_ #(a b ...)) (list a '(b ...)))))
(write (v #(1 2 3))) (newline) ; expect: (1 (2 3))
