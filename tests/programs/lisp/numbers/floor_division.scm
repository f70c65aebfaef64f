(call-with-values (lambda () (floor/ -5 2)) (lambda (q r) (write (list q r)) (newline))) ; expect: (-3 1)
(call-with-values (lambda () (floor/ 5 -2)) (lambda (q r) (write (list q r)) (newline))) ; expect: (-3 -1)
