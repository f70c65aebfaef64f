(write (equal? `(a `(b ,(c ,(+ 1 2)))) '(a (quasiquote (b (unquote (c (unquote 3)))))))) (newline)
; expect: #f
(write (cadr (cadr (cadr (cadr `(a `(b ,(c ,(+ 1 2)))))))))
(newline)
; expect: (c 3)
