(write (map (lambda (x) (list (complex? x) (real? x) (rational? x) (integer? x))) '(1 1/2 1.5 2.0)))
(newline) ; expect: ((#t #t #t #t) (#t #t #t #f) (#t #t #t #f) (#t #t #t #t))
