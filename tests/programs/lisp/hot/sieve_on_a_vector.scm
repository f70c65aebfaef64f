(define (sieve n) (let ((v (make-vector (+ n 1) #t))) (let loop ((i 2) (c 0)) (if (> i n) c (if (vector-ref v i) (begin (do ((j (* i i) (+ j i))) ((> j n)) (vector-set! v j #f)) (loop (+ i 1) (+ c 1))) (loop (+ i 1) c))))))
(write (sieve 200)) (newline) ; expect: 46
