(define (f i s) (if (= i -100) s (f (- i 1) (+ s (modulo i 7) (remainder i 7) (quotient i 7)))))
(write (f 0 0)) (newline) ; expect: -660
