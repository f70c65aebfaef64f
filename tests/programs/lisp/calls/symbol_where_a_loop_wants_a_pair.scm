; A trace goes on in a loop whose value is a pair with a symbol instead: its word is no reference for the collector.
(define (nest n x) (if (= n 0) x (nest (- n 1) (list x))))
(write (pair? (nest 300000 'a))) (newline) ; expect: #t
(write (pair? (nest 300000 'a))) (newline) ; expect: #t
(write (pair? (nest 300000 'b))) (newline) ; expect: #t
