; Several values, in every form that takes them.
(call-with-values (lambda () (values 1 2 3)) (lambda (a . b) (write (list a b)))) (newline) ; expect: (1 (2 3))
(let-values (((a b) (values 1 2)) ((c . d) (values 3 4 5)) (e (values 6 7))) (write (list a b c d e))) (newline) ; expect: (1 2 3 (4 5) (6 7))
(let*-values (((a) (values 1)) ((b c) (values a (+ a 1)))) (write (list a b c))) (newline) ; expect: (1 1 2)
(define-values (x y . z) (values 1 2 3 4))
(write (list x y z)) (newline) ; expect: (1 2 (3 4))
(call-with-values (lambda () (floor/ -7 2)) (lambda (q r) (write (list q r)))) (newline) ; expect: (-4 1)
