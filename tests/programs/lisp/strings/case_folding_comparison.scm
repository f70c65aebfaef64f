(write (list (string-ci=? "Straße" "STRASSE") (string-ci<? "a" "B"))) (newline) ; expect: (#t #t)
