(call-with-values (lambda () (call/cc (lambda (k) (k 1 2)))) (lambda (a b) (write (+ a b)) (newline))) ; expect: 3
