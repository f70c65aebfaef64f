(write (list (if #t 1) (if '() 'true 'false) (if 0 'true 'false))) (newline) ; expect: (1 true true)
