(write (list (memq 'c '(a b c d)) (memv 2.0 '(1 2 3)) (member 2.0 '(1 2 3) =) (member '(1) '((0) (1) (2)))))
(newline) ; expect: ((c d) #f (2 3) ((1) (2)))
