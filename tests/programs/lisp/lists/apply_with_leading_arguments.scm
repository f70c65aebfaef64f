(write (apply list 1 2 '(3 4))) (newline) ; expect: (1 2 3 4)
(write (apply + '())) (newline) ; expect: 0
