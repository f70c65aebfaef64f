(define (make i) (lambda (x) (+ x i)))
(define (f i s) (if (= i 200) s (f (+ i 1) ((make i) s))))
(write (f 0 0)) (newline) ; expect: 19900
