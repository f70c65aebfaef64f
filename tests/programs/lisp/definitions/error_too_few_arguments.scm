(define (f a b . c) a)
(f 1) ; expect error: f takes at least 2 arguments, not 1
