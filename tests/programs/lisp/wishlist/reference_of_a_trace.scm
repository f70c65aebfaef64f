; A collection in the third call follows a reference of a trace that is out of date. With --jit threshold=1,bridge=1,calls=1.
(define (nest n x) (if (= n 0) x (nest (- n 1) (list x))))
(write (pair? (nest 300000 'a))) (newline) ; expect: #t
(write (pair? (nest 300000 'a))) (newline) ; expect: #t
(write (pair? (nest 300000 'b))) (newline) ; expect: #t
