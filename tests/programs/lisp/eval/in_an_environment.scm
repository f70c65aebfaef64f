(write (eval '(* 7 3) (environment '(scheme base)))) (newline) ; expect: 21
(write (let ((f (eval '(lambda (f x) (f x x)) (environment '(scheme base))))) (f + 10))) (newline) ; expect: 20
