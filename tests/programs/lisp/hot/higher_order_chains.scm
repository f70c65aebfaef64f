(define (range a b) (if (= a b) '() (cons a (range (+ a 1) b))))
(define (filter p l) (cond ((null? l) '()) ((p (car l)) (cons (car l) (filter p (cdr l)))) (else (filter p (cdr l)))))
(define (fold f s l) (if (null? l) s (fold f (f s (car l)) (cdr l))))
(write (fold + 0 (map (lambda (x) (* x x)) (filter odd? (range 0 200))))) (newline) ; expect: 1333300
