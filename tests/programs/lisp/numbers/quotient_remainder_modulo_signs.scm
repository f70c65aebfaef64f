(write (map (lambda (a b) (list (quotient a b) (remainder a b) (modulo a b))) '(13 -13 13 -13) '(4 4 -4 -4)))
(newline) ; expect: ((3 1 1) (-3 -1 3) (-3 1 -3) (3 -1 -1))
