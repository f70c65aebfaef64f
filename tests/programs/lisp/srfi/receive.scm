(import (scheme base) (scheme write) (srfi 8))
(receive (a . rest) (values 1 2 3) (write (list a rest)) (newline)) ; expect: (1 (2 3))
