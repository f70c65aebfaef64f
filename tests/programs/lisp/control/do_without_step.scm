(write (do ((v (make-vector 3)) (i 0 (+ i 1))) ((= i 3) v) (vector-set! v i i))) (newline) ; expect: #(0 1 2)
