(define v (vector 1 2 3 4))
(vector-fill! v 0 1 3)
(write v) (newline) ; expect: #(1 0 0 4)
