(define (f n) (if (= n 0) 1 (* n (f (- n 1)))))
(write (f 30)) (newline) ; expect: 265252859812191058636308480000000
