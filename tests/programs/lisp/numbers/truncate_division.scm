(call-with-values (lambda () (truncate/ -5 2)) (lambda (q r) (write (list q r)) (newline))) ; expect: (-2 -1)
(write (list (truncate-quotient 5 -2) (truncate-remainder 5 -2) (floor-quotient 5 -2) (floor-remainder 5 -2))) (newline) ; expect: (-2 1 -3 -1)
