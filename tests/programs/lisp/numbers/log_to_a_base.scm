(write (log 8. 2.)) (newline) ; expect: 3.0
