(write (list (< 1/3 1/2) (= 1/2 0.5) (> 2/3 0.66))) (newline) ; expect: (#t #t #t)
