; Loops in loops, and procedures in procedures, take no longer than their text is long: macros make them.
(define-syntax nest
  (syntax-rules ()
    ((_ () body) body)
    ((_ (x . rest) body) (let loop ((i 0)) (if (< i 1) (loop (+ i 1)) (nest rest body))))))
(define-syntax procedures
  (syntax-rules ()
    ((_ () body) body)
    ((_ (x . rest) body) (letrec ((f (lambda () (procedures rest body)))) (f)))))
(write (nest (1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40) 'in)) (newline) ; expect: in
(write (procedures (1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36) 'deep)) (newline) ; expect: deep
