(define (down n x) (if (= n 0) x (down (- n 1) (quotient x 2))))
(write (down 90 (expt 2 100))) (newline) ; expect: 1024
