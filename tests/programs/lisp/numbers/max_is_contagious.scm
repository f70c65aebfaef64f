(write (list (max 1 2.5) (max 3 2.5) (min 1 2.5))) (newline) ; expect: (2.5 3.0 1.0)
