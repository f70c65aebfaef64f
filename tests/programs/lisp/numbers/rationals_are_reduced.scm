(write (list (/ 6 4) (/ 6 3) (/ -6 4) (/ 6 -4))) (newline) ; expect: (3/2 2 -3/2 -3/2)
