(define p (open-input-string "one\ntwo\nthree"))
(write (read-line p)) (newline) ; expect: "one"
(write (read-string 2 p)) (newline) ; expect: "tw"
(write (read-line p)) (newline) ; expect: "o"
(write (read-line p)) (newline) ; expect: "three"
(write (eof-object? (read-line p))) (newline) ; expect: #t
