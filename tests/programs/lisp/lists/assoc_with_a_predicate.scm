(write (list (assq 'b '((a 1) (b 2))) (assv 5 '((2 3) (5 7))) (assoc 2.0 '((1 one) (2 two)) =) (assoc '(a) '(((a)) ((b))))))
(newline) ; expect: ((b 2) (5 7) (2 two) ((a)))
