; heap: 32
; skip stress: every collection looks at all frames
(define (f l) (f (cons (make-vector 100 0) l)))
(write (guard (e ((error-object? e) 'full)) (f '()))) (newline) ; expect: full
(write (length (make-list 1000 0))) (newline) ; expect: 1000
