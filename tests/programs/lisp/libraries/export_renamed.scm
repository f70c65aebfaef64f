(define-library (l) (export (rename inside outside)) (import (scheme base)) (begin (define inside 3)))
(import (scheme base) (scheme write) (l))
(write outside) (newline) ; expect: 3
