(define (f x) (+ x 1))
(f 'a) ; expect error at 1: +: a number is wanted, not a symbol: a
