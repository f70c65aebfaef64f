(write (list (string<? "abc" "abd") (string<? "ab" "abc") (string<? "Z" "a") (string=? "a" "a" "b"))) (newline) ; expect: (#t #t #t #f)
