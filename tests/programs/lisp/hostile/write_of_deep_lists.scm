; skip stress: every collection looks at all pairs
(define (nest n x) (if (= n 0) x (nest (- n 1) (list x))))
(define p (open-output-string))
(write (nest 300000 'a) p)
(write (string-length (get-output-string p))) (newline) ; expect: 600001
