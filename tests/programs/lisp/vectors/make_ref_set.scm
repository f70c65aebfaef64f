(define v (make-vector 3 'a))
(vector-set! v 1 2.5)
(write (list v (vector-length v) (vector-ref v 1))) (newline) ; expect: (#(a 2.5 a) 3 2.5)
