(define-library (counted) (export n) (import (scheme base) (scheme write)) (begin (define n 5) (display "once ")))
(define-library (user) (export m) (import (scheme base) (counted)) (begin (define m (+ n 1))))
(import (scheme base) (scheme write) (counted) (user))
(write (list n m)) (newline) ; expect: once (5 6)
