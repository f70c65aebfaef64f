; Nothing is entered that could not be left.
(write (guard (e (#t 'caught)) (dynamic-wind (lambda () (display "in ")) -1 -1))) (newline) ; expect: caught
(dynamic-wind car cdr 5) ; expect error: dynamic-wind: a procedure is wanted, not 5
