(write (string-length "a
b")) (newline) ; expect: 3
