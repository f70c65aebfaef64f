(import (scheme base))
(define (f x) (set! car x)) ; expect syntax error: `car` is imported: it cannot be assigned
