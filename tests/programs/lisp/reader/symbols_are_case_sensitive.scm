(write (eq? 'abc 'ABC)) (newline) ; expect: #f
