(write (with-exception-handler (lambda (e) 42) (lambda () (+ (raise-continuable 'c) 1)))) (newline) ; expect: 43
