(define (apply-all fs x n) (if (= n 0) x (apply-all (append (cdr fs) (list (car fs))) ((car fs) x) (- n 1))))
(write (apply-all (list (lambda (x) (+ x 1)) (lambda (x) (* x 2)) - abs) 1 40)) (newline) ; expect: 3070
