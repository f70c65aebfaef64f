(import (scheme base) (scheme write) (srfi 133))
(write (list (vector-fold + 0 #(1 2 3)) (vector-index even? #(1 3 4)) (vector-count odd? #(1 2 3)))) (newline) ; expect: (6 2 2)
