(define out '())
(guard (e (#t (set! out (cons 'handled out))))
  (dynamic-wind (lambda () #f) (lambda () (car '())) (lambda () (set! out (cons 'post out)))))
(write (reverse out)) (newline) ; expect: (post handled)
