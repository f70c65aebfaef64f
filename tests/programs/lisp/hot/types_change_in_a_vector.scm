(define v (vector 1 2.5 'x "s" 10000000000000000000000))
(define (f i n) (if (= i 200) n (f (+ i 1) (let ((x (vector-ref v (modulo i 5)))) (cond ((symbol? x) (+ n 1)) ((string? x) (+ n 10)) ((exact? x) (+ n 100)) (else (+ n 1000)))))))
(write (f 0 0)) (newline) ; expect: 48440
