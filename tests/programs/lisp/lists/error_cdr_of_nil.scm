(define (second l) (car (cdr l)))
(second '(1)) ; expect error at 1: car: a pair is wanted, not the empty list
