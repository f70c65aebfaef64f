(define v (make-vector 100 3))
(define (sum v) (do ((i 0 (+ i 1)) (s 0 (+ s (vector-ref v i)))) ((= i (vector-length v)) s)))
(write (list (sum v) (sum v) (sum v))) (newline) ; expect: (300 300 300)
