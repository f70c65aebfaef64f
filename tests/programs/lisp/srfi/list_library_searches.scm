(import (scheme base) (scheme write) (srfi 1))
(write (list (find even? '(1 2 3 4)) (filter odd? '(1 2 3)) (remove odd? '(1 2 3)) (any even? '(1 3)) (every odd? '(1 3)) (list-index even? '(1 3 4)) (count even? '(2 4 5)))) (newline) ; expect: (2 (1 3) (2) #f #t 2 2)
