(define-syntax my-or (syntax-rules () ((_) #f) ((_ e) e) ((_ e r ...) (let ((t e)) (if t t (my-or r ...))))))
(write (let ((t 5) (if list)) (my-or #f t))) (newline) ; expect: 5
