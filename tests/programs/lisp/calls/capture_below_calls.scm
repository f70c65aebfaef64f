;; Continuations that are captured while compiled procedures wait for results: their frames move to the heap, and are run
;; again from there, more than once.

;; In a callee, at some depth; the recursion goes on later, several times, from the middle.
(define saved #f)
(define (descend n)
  (if (= n 0)
      (call/cc (lambda (k) (set! saved k) 0))
      (+ 1 (descend (- n 1)))))
(define runs 0)
(define (warm n) (if (> n 0) (begin (descend 3) (warm (- n 1)))))
(warm 200)
(define results '())
(let ((value (descend 100)))
  (set! results (cons value results))
  (set! runs (+ runs 1))
  (if (< runs 4) (saved (* runs 1000))))
(write results)
(newline)                                       ; expect: (3100 2100 1100 100)

;; Captured at several depths of one recursion, each entered later.
(define ks '())
(define (ladder n)
  (if (= n 0)
      0
      (let ((x (ladder (- n 1))))
        (if (= (modulo n 10) 0)
            (+ 1 (call/cc (lambda (k) (set! ks (cons k ks)) x)))
            (+ 1 x)))))
(define (warm-ladder n) (if (> n 0) (begin (ladder 9) (warm-ladder (- n 1)))))
(warm-ladder 200)
(define log '())
(let ((value (ladder 40)))
  (set! log (cons value log))
  (if (pair? ks)
      (let ((k (car ks)))
        (set! ks (cdr ks))
        (if (< (length log) 8) (k -100)))))
(write log)
(newline)                                       ; expect: (-99 -89 -99 -79 -99 -89 -99 40)

;; Escapes through many calls.
(define (find keep? tree)
  (call/cc
   (lambda (return)
     (define (walk tree)
       (cond ((pair? tree) (walk (car tree)) (walk (cdr tree)) 'none)
             ((null? tree) 'none)
             ((keep? tree) (return tree))
             (else 'none)))
     (walk tree))))
(define (nest n) (if (= n 0) '(1 2 x 3) (list n (nest (- n 1)) n)))
(define tree (nest 60))
(define (search n found)
  (if (= n 0)
      found
      (search (- n 1) (cons (find (if (even? n) symbol? string?) tree) found))))
(write (search 8 '()))
(newline)                                       ; expect: (none x none x none x none x)

;; A product that is left at a zero.
(define (product list)
  (call/cc
   (lambda (out)
     (let walk ((list list))
       (cond ((null? list) 1)
             ((= (car list) 0) (out 'zero))
             (else (* (car list) (walk (cdr list)))))))))
(define (products n)
  (if (= n 0)
      '()
      (cons (product (if (= (modulo n 25) 0) '(1 2 3 0 5) '(1 2 3 4 5))) (products (- n 1)))))
(define (tally list zeros sum)
  (cond ((null? list) (cons zeros sum))
        ((symbol? (car list)) (tally (cdr list) (+ zeros 1) sum))
        (else (tally (cdr list) zeros (+ sum (car list))))))
(write (tally (products 200) 0 0))
(newline)                                       ; expect: (8 . 23040)

;; A continuation that is called in a compiled procedure far away from where it was made, and in tail position.
(define (catching thunk) (call/cc (lambda (k) (thunk k))))
(define (deep n k) (if (= n 0) (k 'bottom) (cons n (deep (- n 1) k))))
(define (often n last)
  (if (= n 0) last (often (- n 1) (catching (lambda (k) (deep (modulo n 40) k))))))
(write (often 300 #f))
(newline)                                       ; expect: bottom
