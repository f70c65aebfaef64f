; Words, large integers, fractions, doubles, complex numbers.
(write (list (* 99999999999 99999999999) (/ 6 4) (/ 6 3) (+ 1/3 2/3) (exact->inexact 1/3))) (newline) ; expect: (9999999999800000000001 3/2 2 1 0.3333333333333333)
(write (list (expt 2 100) (expt 2.0 0.5) (expt 1/2 3) (exact (floor 2.5)))) (newline) ; expect: (1267650600228229401496703205376 1.4142135623730951 1/8 2)
(write (list (sqrt 16) (sqrt 2) (sqrt -4) (sqrt 1/4))) (newline) ; expect: (4 1.4142135623730951 +2i 1/2)
(write (list (quotient -7 2) (remainder -7 2) (modulo -7 2) (floor -2.5) (round 2.5) (round 7/2))) (newline) ; expect: (-3 -1 1 -3.0 2.0 4)
(write (list (* 1+2i 1-2i) (magnitude 3+4i) (number->string 255 16) (string->number "ff" 16) (string->number "abc"))) (newline) ; expect: (5 5 "ff" 255 #f)
(write (list (max 1 2.0) (min 1/2 1/3) (gcd 12 18) (lcm 4 6) (exact->inexact 12345678901234567890))) (newline) ; expect: (2.0 1/3 6 12 12345678901234567000.0)
(write (list (= 1 1.0) (eqv? 1 1.0) (< 1/3 0.34) (= 9007199254740993 9007199254740992.0))) (newline) ; expect: (#t #f #t #f)
