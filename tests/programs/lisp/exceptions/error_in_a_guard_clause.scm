(write (guard (e (#t (list 'outer e))) (guard (e ((begin (raise 'second) #t) 1)) (raise 'first)))) (newline) ; expect: (outer second)
