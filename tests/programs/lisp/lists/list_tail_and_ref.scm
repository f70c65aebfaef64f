(write (list (list-tail '(a b c) 1) (list-ref '(a b c) 2) (list-tail '(a . b) 1))) (newline) ; expect: ((b c) c b)
