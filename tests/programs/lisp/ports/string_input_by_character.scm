(define p (open-input-string "ab"))
(define a (peek-char p)) (define b (read-char p)) (define c (read-char p)) (define d (peek-char p))
(write (list a b c (eof-object? d) (eof-object? (read-char p)))) (newline) ; expect: (#\a #\a #\b #t #t)
