; The type of a loop's variable changes when machine code is there.
(define (sum list) (let loop ((l list) (s 0)) (if (null? l) s (loop (cdr l) (+ s (car l))))))
(define ints (let loop ((i 0) (l '())) (if (= i 300) l (loop (+ i 1) (cons i l)))))
(display (sum ints)) (newline) ; expect: 44850
(display (sum (append ints (list 0.5 1/2) ints))) (newline) ; expect: 89701.0
(display (sum (map exact->inexact ints))) (newline) ; expect: 44850.0
