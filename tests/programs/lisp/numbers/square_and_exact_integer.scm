(write (list (square 5) (square 1/2) (square 1.5))) (newline) ; expect: (25 1/4 2.25)
