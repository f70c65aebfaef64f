(write (list (make-list 3 'x) (length (make-list 2)))) (newline) ; expect: ((x x x) 2)
