(define-syntax def2 (syntax-rules () ((_ a b v) (begin (define a v) (define b v)))))
(def2 x y 7)
(write (+ x y)) (newline) ; expect: 14
(define (f) (def2 p q 1) (+ p q))
(write (f)) (newline) ; expect: 2
