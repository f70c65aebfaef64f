(write (list #e1.5 #i3/4 #e1e3 #x#e10 #e#x10)) (newline) ; expect: (3/2 0.75 1000 16 16)
