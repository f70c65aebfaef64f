; skip stress: every collection looks at all pairs
(define l (make-list 300000 0))
(write (list? l)) (newline) ; expect: #t
(set-cdr! (list-tail l 299999) l)
(write (list? l)) (newline) ; expect: #f
