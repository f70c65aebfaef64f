(write (map (lambda (x) (= x (string->number (number->string x)))) '(0.1 1e21 1e100 123456789.125 5e-324 1e-7))) (newline) ; expect: (#t #t #t #t #t #t)
(write (list 0.1 -0.0 123456789.125 100.0)) (newline) ; expect: (0.1 -0.0 123456789.125 100.0)
