(write (+ 1 (call/cc (lambda (k) (+ 10 (k 1)))))) (newline) ; expect: 2
