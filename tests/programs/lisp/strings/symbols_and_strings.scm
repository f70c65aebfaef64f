(write (list (symbol->string 'abc) (string->symbol "x y") (eq? (string->symbol "q") 'q))) (newline) ; expect: ("abc" |x y| #t)
