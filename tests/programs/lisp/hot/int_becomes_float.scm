(define (f n x) (if (= n 0) x (f (- n 1) (if (= n 50) (+ x 0.5) (+ x 1)))))
(write (f 100 0)) (newline) ; expect: 99.5
