(define x 5)
(x 1 2) ; expect error: a number cannot be called: 5
