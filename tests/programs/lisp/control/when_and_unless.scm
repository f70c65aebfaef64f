(write (list (when #t 1 2) (unless #f 3 4))) (newline) ; expect: (2 4)
