(define n 0)
(define p (delay (begin (set! n (+ n 1)) n)))
(write (list (force p) (force p) n)) (newline) ; expect: (1 1 1)
