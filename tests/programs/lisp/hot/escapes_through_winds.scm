(define out 0)
(define (f i s) (if (= i 100) s (f (+ i 1) (+ s (call/cc (lambda (k) (dynamic-wind (lambda () #f) (lambda () (if (odd? i) (k 1) 2)) (lambda () (set! out (+ out 1))))))))))
(define s (f 0 0))
(write (list s out)) (newline) ; expect: (150 100)
