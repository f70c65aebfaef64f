(write (list (sqrt 16) (sqrt 1/4) (sqrt 16.) (sqrt 0))) (newline) ; expect: (4 1/2 4.0 0)
