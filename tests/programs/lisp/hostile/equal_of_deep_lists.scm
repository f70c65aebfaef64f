; skip stress: every collection looks at all pairs
(define (nest n x) (if (= n 0) x (nest (- n 1) (list x))))
(write (equal? (nest 300000 'a) (nest 300000 'a))) (newline) ; expect: #t
(write (equal? (nest 300000 'a) (nest 300000 'b))) (newline) ; expect: #f
