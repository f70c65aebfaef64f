(define (f n x c) (if (= n 0) c (f (- n 1) (if (= n 30) (- +inf.0 +inf.0) x) (if (< x 1.) c (+ c 1)))))
(write (f 60 2. 0)) (newline) ; expect: 60
