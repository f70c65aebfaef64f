(define (a n x) (if (= n 0) (list 'a x) (b (- n 1) (+ x 1))))
(define (b n x) (if (= n 0) (list 'b x) (c (- n 1) (+ x 10))))
(define (c n x) (if (= n 0) (list 'c x) (a (- n 1) (+ x 100))))
(write (list (a 300 0) (a 301 0) (a 302 0))) (newline) ; expect: ((a 11100) (b 11101) (c 11111))
