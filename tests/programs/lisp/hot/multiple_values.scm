(define (two i) (values i (* 2 i)))
(define (f i s) (if (= i 100) s (call-with-values (lambda () (two i)) (lambda (a b) (f (+ i 1) (+ s a b))))))
(write (f 0 0)) (newline) ; expect: 14850
