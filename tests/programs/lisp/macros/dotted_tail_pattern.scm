(define-syntax rest (syntax-rules () ((_ a . b) 'b)))
(write (list (rest 1 2 3) (rest 1))) (newline) ; expect: ((2 3) ())
