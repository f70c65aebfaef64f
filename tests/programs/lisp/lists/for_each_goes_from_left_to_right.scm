(for-each (lambda (a b) (write (cons a b))) '(1 2) '(x y)) (newline) ; expect: (1 . x)(2 . y)
