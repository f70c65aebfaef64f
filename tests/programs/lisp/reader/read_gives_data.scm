(define p (open-input-string "(a . b) #(1 2) \"x\" 'q"))
(write (read p)) (newline) ; expect: (a . b)
(write (read p)) (newline) ; expect: #(1 2)
(write (read p)) (newline) ; expect: "x"
(write (car (read p))) (newline) ; expect: quote
(write (eof-object? (read p))) (newline) ; expect: #t
