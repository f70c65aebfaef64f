(import (scheme base) (scheme write) (srfi 2))
(write (list (and-let* ((x 5) ((> x 3)) (y (* x 2))) y) (and-let* ((x #f) (y (car x))) y))) (newline) ; expect: (10 #f)
