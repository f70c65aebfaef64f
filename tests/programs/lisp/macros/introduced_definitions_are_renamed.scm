(define-syntax hidden (syntax-rules () ((_ e) (let () (define x 10) (+ x e)))))
(define x 1)
(write (hidden x)) (newline) ; expect: 11
