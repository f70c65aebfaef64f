; Definitions in let-syntax are local to it; a variable called ... is no ellipsis.
(write (let () (define x 'outer) (let-syntax () (define x 'inner) x) x)) (newline) ; expect: outer
(write (let ((... 2))
         (let-syntax ((s (syntax-rules () ((_ x ...) 'bad) ((_ . r) 'ok)))) (s a b c)))) ; expect: ok
(newline)
(define four (letrec-syntax ((even? (syntax-rules () ((_) #t) ((_ x . r) (odd? . r))))
                (odd? (syntax-rules () ((_) #f) ((_ x . r) (even? . r)))))
  (even? 1 1 1 1)))
(write four) (newline) ; expect: #t
(define-syntax define-getter
  (syntax-rules () ((_ name value) (begin (define hidden value) (define (name) hidden)))))
(define-getter get-it 5)
(write (get-it)) (newline) ; expect: 5
