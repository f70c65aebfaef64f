(define (stream-loop n) (if (= n 0) (delay 'done) (delay-force (stream-loop (- n 1)))))
(write (force (stream-loop 5000))) (newline) ; expect: done
