(define al '((a . 1) (b . 2) (c . 3)))
(define (f i s) (if (= i 150) s (f (+ i 1) (+ s (cdr (assq (case (modulo i 3) ((0) 'a) ((1) 'b) (else 'c)) al))))))
(write (f 0 0)) (newline) ; expect: 300
