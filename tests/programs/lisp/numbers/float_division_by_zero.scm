(write (list (/ 1. 0.) (/ -1 0.))) (newline) ; expect: (+inf.0 -inf.0)
