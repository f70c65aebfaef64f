(define a (list 1 2 3))
(list-set! a 1 'x)
(write a) (newline) ; expect: (1 x 3)
