(write (map symbol? '(+ - 1+ -1+ ... +a))) (newline) ; expect: (#t #t #t #t #t #t)
