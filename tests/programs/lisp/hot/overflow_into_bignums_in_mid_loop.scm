(define (double n x) (if (= n 0) x (double (- n 1) (* x 2))))
(write (double 100 1)) (newline) ; expect: 1267650600228229401496703205376
(define (add n x) (if (= n 0) x (add (- n 1) (+ x 4611686018427387904))))
(write (add 50 0)) (newline) ; expect: 230584300921369395200
