(define v '#0=#(1 #0#))
(write (eq? v (vector-ref v 1))) (newline) ; expect: #t
