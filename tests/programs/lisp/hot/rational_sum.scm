(define (h n s) (if (= n 0) s (h (- n 1) (+ s (/ 1 n)))))
(write (h 20 0)) (newline) ; expect: 55835135/15519504
