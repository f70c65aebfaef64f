(write (list (reverse '(1 (2 3) 4)) (length '()) (length '(1 2)))) (newline) ; expect: ((4 (2 3) 1) 0 2)
