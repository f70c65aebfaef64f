(define (circle n) (let ((l (make-list n 'x))) (set-cdr! (list-tail l (- n 1)) l) l))
(write (equal? (circle 2) (circle 3))) (newline) ; expect: #t
(define v (vector 1 2)) (vector-set! v 0 v)
(define w (vector 1 2)) (vector-set! w 0 w)
(write (equal? v w)) (newline) ; expect: #t
