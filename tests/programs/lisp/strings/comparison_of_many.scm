(write (list (string<? "a" "b" "c") (string<? "a" "c" "b") (string>=? "c" "c" "a"))) (newline) ; expect: (#t #f #t)
