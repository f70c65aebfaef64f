(write (guard (e (#t (list 'outer e)))
  (with-exception-handler (lambda (e) (raise (list 'again e))) (lambda () (raise 'x))))) (newline) ; expect: (outer (again x))
