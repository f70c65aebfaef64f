(write (list #b101 #o17 #d10 #xfF #X10)) (newline) ; expect: (5 15 10 255 16)
