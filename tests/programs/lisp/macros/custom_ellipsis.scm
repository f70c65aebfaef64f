(define-syntax be-like-begin (syntax-rules () ((_ name) (define-syntax name (syntax-rules ::: () ((_ e :::) (begin e :::)))))))
(be-like-begin sequence)
(write (sequence 1 2 3)) (newline) ; expect: 3
