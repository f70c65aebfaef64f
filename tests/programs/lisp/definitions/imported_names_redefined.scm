; A program that imports nothing may define and assign every name; all of it sees that, what stands before included.
(define (head x) (car x))
(define (add x y) (+ x y))
(define (start x) (first x))
(define (both x) (list (caar x) (cadr x)))
(define (run n) (if (= n 0) 'done (begin (add n n) (run (- n 1)))))
(write (run 200)) (newline) ; expect: done
(write (add 1 2)) (newline) ; expect: 3
(set! + (lambda (x y) (list 'sum x y)))
(write (add 1 2)) (newline) ; expect: (sum 1 2)
(begin
  (define (car x) 'mine))
(write (head '(1 2))) (newline) ; expect: mine
(define-record-type point (make-point first y) point? (first first) (y point-y))
(write (start (make-point 7 8))) (newline) ; expect: 7
(define-values (caar cadr) (values cdr vector))
(write (both '(1 2))) (newline) ; expect: ((2) #((1 2)))
; A local variable of such a name changes nothing.
(write (let ((list 5)) (set! list 6) list)) (newline) ; expect: 6
(write (list 1 2)) (newline) ; expect: (1 2)
(write (map (lambda (x) (* x x)) '(1 2))) (newline) ; expect: (1 4)
