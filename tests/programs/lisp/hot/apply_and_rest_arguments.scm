(define (sum . l) (if (null? l) 0 (+ (car l) (apply sum (cdr l)))))
(define (f i s) (if (= i 60) s (f (+ i 1) (+ s (sum i 1 2)))))
(write (f 0 0)) (newline) ; expect: 1950
