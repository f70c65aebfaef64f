; skip stress: every collection looks at all pairs
(define (nest n x) (if (= n 0) x (nest (- n 1) (list x))))
(define (copy x) (if (pair? x) (cons (copy (car x)) (copy (cdr x))) x))
(write (equal? (copy (nest 100000 'a)) (nest 100000 'a))) (newline) ; expect: #t
