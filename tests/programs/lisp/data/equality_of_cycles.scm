; equal? ends on circular data, and write gives it labels.
(define a (list 1 2))
(set-cdr! (cdr a) a)
(define b (list 1 2 1 2))
(set-cdr! (cdddr b) b)
(write (equal? a b)) (newline) ; expect: #t
(write a) (newline) ; expect: #0=(1 2 . #0#)
(define v (vector 1 #f))
(vector-set! v 1 v)
(write v) (newline) ; expect: #0=#(1 #0#)
(write (list? a)) (newline) ; expect: #f
