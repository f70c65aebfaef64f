(call-with-values (lambda () (values 1 2 3)) (lambda l (write l) (newline))) ; expect: (1 2 3)
(call-with-values (lambda () 5) (lambda l (write l) (newline))) ; expect: (5)
(call-with-values values (lambda l (write l) (newline))) ; expect: ()
