(define (f) "lit")
(write (eq? (f) (f))) (newline) ; expect: #t
