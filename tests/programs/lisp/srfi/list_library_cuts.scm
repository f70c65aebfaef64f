(import (scheme base) (scheme write) (srfi 1))
(write (list (iota 4) (iota 3 1 2) (take '(1 2 3) 2) (drop '(1 2 3) 2) (last '(1 2 3)) (delete-duplicates '(1 2 1 3 2)) (concatenate '((1) (2 3))))) (newline) ; expect: ((0 1 2 3) (1 3 5) (1 2) (3) 3 (1 2 3) (1 2 3))
