(define (step x) (+ x 1))
(define (f i x) (if (= i 100) x (begin (if (= i 60) (set! step (lambda (x) (+ x 1000)))) (f (+ i 1) (step x)))))
(write (f 0 0)) (newline) ; expect: 40060
