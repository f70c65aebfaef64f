(write (list (and) (and 1 2) (and #f 2) (or) (or #f 3) (or 1 (car '())))) (newline) ; expect: (#t 2 #f #f 3 1)
