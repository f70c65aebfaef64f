; stdin: (first datum) second
; stdin: a line
(write (read)) (newline) ; expect: (first datum)
(write (read)) (newline) ; expect: second
(write (list (read-char) (read-line))) (newline) ; expect: (#\newline "a line")
(write (eof-object? (read-char))) (newline) ; expect: #t
