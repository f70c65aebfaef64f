(write (map char-alphabetic? '(#\a #\1 #\λ #\space))) (newline) ; expect: (#t #f #t #f)
(write (map char-numeric? '(#\a #\1))) (newline) ; expect: (#f #t)
(write (map char-whitespace? '(#\a #\space #\newline))) (newline) ; expect: (#f #t #t)
