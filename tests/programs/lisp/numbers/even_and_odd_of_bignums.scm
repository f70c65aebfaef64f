(write (list (even? (expt 2 70)) (odd? (+ 1 (expt 2 70))) (even? -3) (zero? 0.0))) (newline) ; expect: (#t #t #f #t)
