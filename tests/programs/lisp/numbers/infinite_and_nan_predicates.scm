(write (list (finite? 1.) (infinite? -inf.0) (nan? +nan.0) (nan? 1))) (newline) ; expect: (#t #t #t #f)
