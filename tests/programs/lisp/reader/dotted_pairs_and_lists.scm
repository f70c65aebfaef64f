(write '(1 . (2 . (3 . ())))) (newline) ; expect: (1 2 3)
(write '(1 . (2 . 3))) (newline) ; expect: (1 2 . 3)
