(define (f i s) (if (= i 60) s (f (+ i 1) (+ s (raise-continuable i)))))
(write (with-exception-handler (lambda (x) (* x 2)) (lambda () (f 0 0)))) (newline) ; expect: 3540
