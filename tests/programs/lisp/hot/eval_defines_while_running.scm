(define x 1)
(define (f i s) (if (= i 40) s (begin (if (= i 20) (eval '(define x 100) (interaction-environment))) (f (+ i 1) (+ s x)))))
(write (f 0 0)) (newline) ; expect: 2020
