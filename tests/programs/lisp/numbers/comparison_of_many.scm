(write (list (< 1 2 3) (< 1 3 2) (<= 1 1 2) (= 1 1 1) (> 3 2 2) (>= 3 2 2))) (newline) ; expect: (#t #f #t #t #f #t)
