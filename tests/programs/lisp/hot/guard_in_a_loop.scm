(define (f i s) (if (= i 90) s (f (+ i 1) (+ s (guard (e ((symbol? e) 100) ((string? e) 1000)) (case (modulo i 3) ((0) (raise 'x)) ((1) (raise "y")) (else 1)))))))
(write (f 0 0)) (newline) ; expect: 33030
