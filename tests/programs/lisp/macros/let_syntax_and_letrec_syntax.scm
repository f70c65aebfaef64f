(write (let ((x 'outer)) (let-syntax ((m (syntax-rules () ((_) x)))) (let ((x 'inner)) (m))))) (newline) ; expect: outer
(write (letrec-syntax ((e? (syntax-rules () ((_) #t) ((_ a . r) (o? . r)))) (o? (syntax-rules () ((_) #f) ((_ a . r) (e? . r))))) (e? 1 2 3))) (newline) ; expect: #f
