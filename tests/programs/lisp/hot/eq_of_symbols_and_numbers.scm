(define (f i s) (if (= i 120) s (f (+ i 1) (+ s (if (eqv? (if (odd? i) i 'x) (if (odd? i) i 'y)) 1 10)))))
(write (f 0 0)) (newline) ; expect: 660
