(define-syntax count (syntax-rules () ((_) 0) ((_ x . r) (+ 1 (count . r)))))
(write (count a b c d e)) (newline) ; expect: 5
