; Definitions in bodies: procedures mention later variables, values mention earlier ones, expressions stand between.
(define (f n)
  (define (even? n) (or (= n 0) (odd? (- n 1))))
  (define limit (* n 2))
  (define (odd? n) (and (not (= n 0)) (even? (- n 1))))
  (define start (if (even? limit) 'even 'odd))
  (set! limit (+ limit 1))
  (define (late) (list limit start x))
  (define x (list (even? limit)))
  (late))
(write (f 10)) (newline) ; expect: (21 even (#f))
(define (g)
  (define a (lambda () b))
  (define b 2)
  (a))
(write (g)) (newline) ; expect: 2
(write (letrec* ((x 1) (y (+ x 1)) (z (lambda () (list x y)))) (z))) (newline) ; expect: (1 2)
(define (h) (define a b) (define b 1) a)
(write (guard (e (#t (error-object-message e))) (h))) (newline) ; expect: "the variable `b` is not initialized yet"
