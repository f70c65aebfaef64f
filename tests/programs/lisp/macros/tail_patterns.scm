(define-syntax last (syntax-rules () ((_ a ... b) 'b)))
(write (list (last 1 2 3) (last 1))) (newline) ; expect: (3 1)
