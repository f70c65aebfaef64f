(define (f i l) (if (= i 100) l (f (+ i 1) (cons (lambda () (* i i)) l))))
(define (sum l s) (if (null? l) s (sum (cdr l) (+ s ((car l))))))
(write (sum (f 0 '()) 0)) (newline) ; expect: 328350
