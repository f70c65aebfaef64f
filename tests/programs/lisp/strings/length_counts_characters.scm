(write (map string-length '("" "abc" "λx.漢"))) (newline) ; expect: (0 3 4)
