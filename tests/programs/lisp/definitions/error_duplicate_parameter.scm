(define (f a b a) a) ; expect syntax error: bound twice
