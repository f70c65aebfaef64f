(define n 0)
(map (lambda (x) (set! n (+ n x))) '(1 2 3 4))
(write n) (newline) ; expect: 10
