; Programs made by programs, in environments of their own.
(write (eval '(* 6 7) (environment '(scheme base)))) (newline) ; expect: 42
(write (eval (list '+ 1 (list 'quote 2)) (interaction-environment))) (newline) ; expect: 3
(eval '(define made 5) (interaction-environment))
(write (eval 'made (interaction-environment))) (newline) ; expect: 5
(write (eval (list (lambda (x) (* x 2)) 21) (interaction-environment))) (newline) ; expect: 42
(write (eval '(let-syntax ((m (syntax-rules () ((_ a) (list a a))))) (m 3)) (environment '(scheme base)))) (newline) ; expect: (3 3)
