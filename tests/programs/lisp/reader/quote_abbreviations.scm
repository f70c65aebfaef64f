(write (list (car ''a) (car '`a) (car ',a) (car ',@a))) (newline) ; expect: (quote quasiquote unquote unquote-splicing)
