(define (f i s) (if (= i 80) s (let ((p (delay (* i 2)))) (f (+ i 1) (+ s (force p) (force p))))))
(write (f 0 0)) (newline) ; expect: 12640
