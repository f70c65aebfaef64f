(define (counter) (let ((n 0)) (lambda (d) (set! n (+ n d)) n)))
(define c (counter))
(define (f i) (if (< i 200) (begin (c i) (f (+ i 1)))))
(f 0)
(write (c 0)) (newline) ; expect: 19900
