(write (map digit-value '(#\0 #\9 #\a #\x0664))) (newline) ; expect: (0 9 #f 4)
