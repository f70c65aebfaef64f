(define (f i) (if (= i 100) (missing i) (f (+ i 1)))) ; expect error at 1: the variable `missing` has no value
(f 0)
