(define-syntax grow (syntax-rules () ((_ x ...) (grow x ... x ... 1))))
(grow) ; expect syntax error:
