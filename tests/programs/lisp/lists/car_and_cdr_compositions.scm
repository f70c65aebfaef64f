(define x '((1 2) (3 4) 5))
(write (list (caar x) (cadar x) (cdar x) (caadr x) (caddr x) (cdddr x))) (newline) ; expect: (1 2 (2) 3 5 ())
