(write (string-map char-upcase "abc")) (newline) ; expect: "ABC"
(write (string-map (lambda (a b) (if (char<? a b) a b)) "adc" "bbbz")) (newline) ; expect: "abb"
(string-for-each (lambda (a b) (display a) (display b)) "ace" "bdf") (newline) ; expect: abcdef
