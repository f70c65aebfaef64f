; A wrong number of arguments.
(define (f a b) a)
(f 1) ; expect error: f takes 2 arguments, not 1
