(write '(1 #;2 3 #;(4 5) 6)) (newline) ; expect: (1 3 6)
