(define (safe-car x) (guard (e ((error-object? e) 0)) (car x)))
(define (f i s) (if (= i 80) s (f (+ i 1) (+ s (safe-car (if (= 0 (modulo i 7)) i (list i)))))))
(write (f 0 0)) (newline) ; expect: 2698
