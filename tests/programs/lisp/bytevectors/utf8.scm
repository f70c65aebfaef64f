(write (string->utf8 "aλ")) (newline) ; expect: #u8(97 206 187)
(write (utf8->string #u8(206 187 65))) (newline) ; expect: "λA"
(write (utf8->string #u8(65 66 67) 1 2)) (newline) ; expect: "B"
