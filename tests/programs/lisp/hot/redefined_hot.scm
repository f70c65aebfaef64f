; A standard procedure that the program defines anew is the program's, from the first form on.
(define (f x) (square x))
(define (square x) (list 'mine x))
(write (f 3)) (newline) ; expect: (mine 3)
(define (g n) (let loop ((i 0) (s 0)) (if (= i n) s (loop (+ i 1) (+ s (h i))))))
(define (h i) 1)
(write (g 300)) (newline) ; expect: 300
(set! h (lambda (i) 2))
(write (g 300)) (newline) ; expect: 600
