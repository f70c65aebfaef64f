(define (check x) (if (< x 0) (error "must not be negative:" x 'given) x))
(write (check 1)) (newline) ; expect: 1
(check -5) ; expect error at 1: must not be negative: -5 given
