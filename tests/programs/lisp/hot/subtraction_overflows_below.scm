(define (sub n x) (if (= n 0) x (sub (- n 1) (- x 4611686018427387904))))
(write (sub 40 0)) (newline) ; expect: -184467440737095516160
