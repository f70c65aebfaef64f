(define g (case-lambda ((a) a) ((a b) (* a b)) ((a . r) (length r))))
(define (f i s) (if (= i 90) s (f (+ i 1) (+ s (case (modulo i 3) ((0) (g i)) ((1) (g i 2)) (else (g i 2 3 4)))))))
(write (f 0 0)) (newline) ; expect: 4065
