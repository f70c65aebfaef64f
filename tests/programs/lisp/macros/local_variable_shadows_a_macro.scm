(define-syntax m (syntax-rules () ((_) 'macro)))
(write (let ((m (lambda () 'variable))) (m))) (newline) ; expect: variable
