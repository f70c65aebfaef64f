; What is raised and not handled ends the program.
(define (f) (raise (list 1 "two")))
(f) ; expect error at 2: raised: (1 "two")
