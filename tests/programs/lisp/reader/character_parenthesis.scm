(write (list #\( #\) #\;)) (newline) ; expect: (#\( #\) #\;)
