(define-record-type thing (make b a) thing? (a a-of) (b b-of) (c c-of set-c!))
(define t (make 1 2))
(set-c! t 3)
(write (list (a-of t) (b-of t) (c-of t))) (newline) ; expect: (2 1 3)
