(define (f n) (modulo 5 n))
(f 0) ; expect error at 1: division by zero
