; The families of division differ in how they round.
(import (scheme base) (scheme write) (scheme division))
(define (both f n d) (call-with-values (lambda () (f n d)) list))
(define (all n d)
  (write (map (lambda (f) (both f n d)) (list ceiling/ round/ euclidean/ balanced/ floor/ truncate/))) (newline))
(all 7 2)  ; expect: ((4 -1) (4 -1) (3 1) (4 -1) (3 1) (3 1))
(all -7 2) ; expect: ((-3 -1) (-4 1) (-4 1) (-3 -1) (-4 1) (-3 -1))
(all 7 -2) ; expect: ((-3 1) (-4 -1) (-3 1) (-4 -1) (-4 -1) (-3 1))
(all 5 2.) ; expect: ((3.0 -1.0) (2.0 1.0) (2.0 1.0) (3.0 -1.0) (2.0 1.0) (2.0 1.0))
(write (guard (e ((error-object? e) 'caught)) (ceiling/ 1 0))) (newline) ; expect: caught
