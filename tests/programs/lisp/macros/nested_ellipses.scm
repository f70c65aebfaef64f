(define-syntax my-let* (syntax-rules () ((_ ((n v) ...) b ...) (list (list 'n v) ... (begin b ...)))))
(write (my-let* ((a 1) (b 2)) 3)) (newline) ; expect: ((a 1) (b 2) 3)
(define-syntax flat (syntax-rules () ((_ (a b ...) ...) '(a ... b ... ...))))
(write (flat (1 2 3) (4) (5 6))) (newline) ; expect: (1 4 5 2 3 6)
