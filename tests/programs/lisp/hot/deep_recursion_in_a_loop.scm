(define (depth n) (if (= n 0) 0 (+ 1 (depth (- n 1)))))
(define (f i s) (if (= i 30) s (f (+ i 1) (+ s (depth (* i 10))))))
(write (f 0 0)) (newline) ; expect: 4350
