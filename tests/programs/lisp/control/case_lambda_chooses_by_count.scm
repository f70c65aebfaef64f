(define f (case-lambda ((a) (list 'one a)) ((a b) (list 'two a b)) ((a . r) (list 'many a r))))
(write (list (f 1) (f 1 2) (f 1 2 3))) (newline) ; expect: ((one 1) (two 1 2) (many 1 (2 3)))
