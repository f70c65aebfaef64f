(write (list (equal? "ab" "ab") (eqv? "ab" (string #\a #\b)) (equal? "ab" "aB"))) (newline) ; expect: (#t #f #f)
