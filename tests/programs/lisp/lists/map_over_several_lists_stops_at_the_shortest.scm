(write (map + '(1 2 3) '(10 20))) (newline) ; expect: (11 22)
