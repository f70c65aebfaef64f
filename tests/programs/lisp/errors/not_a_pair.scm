; The error of an instruction, with its place.
(define (f x) (+ 1 (car x)))
(display "before") (newline) ; expect: before
(f 5) ; expect error at 2: car: a pair is wanted, not a number: 5
