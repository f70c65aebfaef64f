(write (string->vector "abc")) (newline) ; expect: #(#\a #\b #\c)
(write (vector->string #(#\a #\b) 1)) (newline) ; expect: "b"
