(define given (list 1 2 3))
(define (f . rest) rest)
(write (eq? given (apply f given))) (newline) ; expect: #f
