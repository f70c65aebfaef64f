;; Recursive procedures are compiled, and call each other as machine code.

(define (fib n)
  (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2)))))
(write (fib 17))
(newline)                                       ; expect: 1597

(define (tak x y z)
  (if (not (< y x))
      z
      (tak (tak (- x 1) y z) (tak (- y 1) z x) (tak (- z 1) x y))))
(write (tak 12 8 4))
(newline)                                       ; expect: 5

(define (ack m n)
  (cond ((= m 0) (+ n 1))
        ((= n 0) (ack (- m 1) 1))
        (else (ack (- m 1) (ack m (- n 1))))))
(write (ack 2 9))
(newline)                                       ; expect: 21

;; The result changes its type on the way.
(define (factorial n)
  (if (= n 0) 1 (* n (factorial (- n 1)))))
(define (digits n)
  (if (< n 10) 1 (+ 1 (digits (quotient n 10)))))
(write (let loop ((i 0) (sum 0))
         (if (= i 40) sum (loop (+ i 1) (+ sum (digits (factorial i)))))))
(newline)                                       ; expect: 797

;; Mutual recursion that is no loop.
(define (evens list)
  (if (null? list) '() (cons (car list) (odds (cdr list)))))
(define (odds list)
  (if (null? list) '() (evens (cdr list))))
(define (repeat n)
  (if (= n 0) 'done (begin (evens '(1 2 3 4 5 6 7 8)) (repeat (- n 1)))))
(repeat 200)
(write (evens '(1 2 3 4 5 6 7 8)))
(newline)                                       ; expect: (1 3 5 7)

;; Trees.
(define (tree depth)
  (if (= depth 0) '() (cons (tree (- depth 1)) (tree (- depth 1)))))
(define (leaves tree)
  (if (null? tree) 1 (+ (leaves (car tree)) (leaves (cdr tree)))))
(write (leaves (tree 9)))
(newline)                                       ; expect: 512
