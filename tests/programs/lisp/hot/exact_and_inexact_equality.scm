(define (f i c) (if (= i 100) c (f (+ i 1) (if (= (* i 1.0) i) (+ c 1) c))))
(write (f 0 0)) (newline) ; expect: 100
