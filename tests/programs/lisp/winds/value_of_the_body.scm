(call-with-values (lambda () (dynamic-wind (lambda () 1) (lambda () (values 2 3)) (lambda () 4))) (lambda l (write l) (newline))) ; expect: (2 3)
