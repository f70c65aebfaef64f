(define x (list 1))
(write (list x x)) (newline) ; expect: ((1) (1))
(write-shared (list x x)) (newline) ; expect: (#0=(1) #0#)
