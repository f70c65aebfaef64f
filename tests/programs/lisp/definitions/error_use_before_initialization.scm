(define (f) (define a b) (define b 1) a)
(f) ; expect error at 1: `b` is not initialized
