(define s "a\"b\\c\n")
(write s) (newline) ; expect: "a\"b\\c\n"
(display s) ; expect: a"b\c
