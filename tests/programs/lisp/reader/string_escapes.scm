(write (map char->integer (string->list "\a\b\t\n\r\"\\\x3bb;"))) (newline) ; expect: (7 8 9 10 13 34 92 955)
