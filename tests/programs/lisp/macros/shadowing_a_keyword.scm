(define (f if) (if 1 2 3))
(write (f list)) (newline) ; expect: (1 2 3)
