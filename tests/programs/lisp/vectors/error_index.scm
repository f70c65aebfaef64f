(define v (vector 1 2))
(define (f i) (vector-ref v i))
(f 2) ; expect error at 2: vector-ref: out of range: 2
