; delay-force runs in constant space; a promise that forces itself keeps its first value.
(define (stream-loop n) (delay-force (if (= n 0) (delay 'end) (stream-loop (- n 1)))))
(write (force (stream-loop 20000))) (newline) ; expect: end
(define x 5)
(define p (delay (begin (set! x (+ x 1)) (if (> x 10) x (force p)))))
(write (force p)) (newline) ; expect: 11
(set! x 20)
(write (force p)) (newline) ; expect: 11
(write (force 7)) (newline) ; expect: 7
