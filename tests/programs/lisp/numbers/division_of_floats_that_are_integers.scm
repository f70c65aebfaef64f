(write (list (quotient 7. 2) (modulo -7. 2.) (remainder -7 2.))) (newline) ; expect: (3.0 1.0 -1.0)
