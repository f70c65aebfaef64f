(write (procedure? (call/cc (lambda (k) (call/cc k) 5)))) (newline) ; expect: #t
