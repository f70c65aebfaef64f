(write (list #\x41 #\x3bb #\x)) (newline) ; expect: (#\A #\λ #\x)
