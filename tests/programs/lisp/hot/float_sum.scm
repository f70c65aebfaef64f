(define (f i s) (if (= i 200) s (f (+ i 1) (+ s (* i 0.25)))))
(write (f 0 0.)) (newline) ; expect: 4975.0
