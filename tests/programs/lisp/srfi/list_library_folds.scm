(import (scheme base) (scheme write) (srfi 1))
(write (list (fold cons '() '(1 2 3)) (fold-right cons '() '(1 2 3)) (fold + 0 '(1 2) '(10 20)) (reduce max 0 '(3 9 2)))) (newline) ; expect: ((3 2 1) (1 2 3) 33 9)
