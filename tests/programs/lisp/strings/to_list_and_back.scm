(write (string->list "abc" 1)) (newline) ; expect: (#\b #\c)
(write (list->string '(#\x #\y))) (newline) ; expect: "xy"
