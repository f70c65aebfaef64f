(define (f n) (define (a n) (if (= n 0) 'a (b (- n 1)))) (define (b n) (if (= n 0) 'b (a (- n 1)))) (a n))
(write (list (f 3) (f 4))) (newline) ; expect: (b a)
