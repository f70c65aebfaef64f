; guard, =>, reraising, raise-continuable, and what happens to winds.
(define (try thunk)
  (guard (e ((symbol? e) (list 'symbol e))
            ((assq 'a (if (list? e) e '())) => cdr)
            ((error-object? e) (list (error-object-message e) (error-object-irritants e))))
    (thunk)))
(write (try (lambda () (raise 'oops)))) (newline) ; expect: (symbol oops)
(write (try (lambda () (raise (list (cons 'a 42)))))) (newline) ; expect: 42
(write (try (lambda () (error "bad" 1 "two")))) (newline) ; expect: ("bad" (1 "two"))
(write (guard (e (#t (list 'outer e))) (try (lambda () (raise 5))))) (newline) ; expect: (outer 5)
(write (with-exception-handler
        (lambda (c) (* c 2))
        (lambda () (+ 1 (raise-continuable 21))))) ; expect: 43
(newline)
(define out '())
(guard (e (#t (set! out (cons 'handled out))))
  (dynamic-wind
   (lambda () (set! out (cons 'in out)))
   (lambda () (car '()))
   (lambda () (set! out (cons 'out out)))))
(write (reverse out)) (newline) ; expect: (in out handled)
