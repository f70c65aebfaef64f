(define x 5)
(define count 0)
(define p (delay (begin (set! count (+ count 1)) (if (> count x) count (force p)))))
(write (force p)) (newline) ; expect: 6
(write (begin (set! x 10) (force p))) (newline) ; expect: 6
