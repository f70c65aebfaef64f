; An expansion that does not end is an error.
(define-syntax forever (syntax-rules () ((_) (forever))))
(forever) ; expect syntax error: the expansion of this does not end
