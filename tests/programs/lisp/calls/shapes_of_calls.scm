;; All kinds of procedures and of calls, from compiled procedures that recur.

(define (sum-of n f)
  (if (= n 0) 0 (+ (f n) (sum-of (- n 1) f))))

;; Closures, of one code and of several.
(define (adder k) (lambda (x) (+ x k)))
(define (add-all n)
  (if (= n 0) 0 (+ ((adder n) 1) (add-all (- n 1)))))
(write (add-all 100))
(newline)                                       ; expect: 5150
(write (list (sum-of 100 (adder 1)) (sum-of 100 (lambda (x) (* x x))) (sum-of 100 abs)))
(newline)                                       ; expect: (5150 338350 5050)

;; A rest parameter, and case-lambda.
(define (count . items) (length items))
(define area
  (case-lambda
    ((a) (* a a))
    ((a b) (* a b))
    ((a b . more) (apply area (* a b) more))))
(define (both n)
  (if (= n 0)
      0
      (+ (count n n n) (area n) (area n 2) (area 1 2 3 n) (both (- n 1)))))
(write (both 100))
(newline)                                       ; expect: 379050

;; apply, with lists of different lengths.
(define (spread n)
  (if (= n 0)
      0
      (+ (apply + n (if (even? n) '(1 2) '(1 2 3))) (spread (- n 1)))))
(write (spread 100))
(newline)                                       ; expect: 5500

;; Tail calls out of compiled procedures: to another one, to a built-in, to a closure.
(define (leaf n) (if (odd? n) (half n) (vector-ref #(7 8) 0)))
(define (half n) (if (< n 50) (- n) ((lambda (x) (+ x 1)) n)))
(define (tails n)
  (if (= n 0) 0 (+ (leaf n) (tails (- n 1)))))
(write (tails 100))
(newline)                                       ; expect: 1625

;; A loop by tail calls inside of a recursion, and a recursion inside of a loop.
(define (up from to sum) (if (> from to) sum (up (+ from 1) to (+ sum from))))
(define (nest n)
  (if (= n 0) 0 (+ (up 1 n 0) (nest (- n 1)))))
(write (nest 60))
(newline)                                       ; expect: 37820
(write (let loop ((i 0) (sum 0))
         (if (= i 60) sum (loop (+ i 1) (+ sum (nest (modulo i 7)))))))
(newline)                                       ; expect: 1023

;; Local procedures that recur and capture.
(define (table n)
  (define seen '())
  (define (walk k)
    (if (< k 0)
        0
        (begin
          (if (= (modulo k 10) 0) (set! seen (cons k seen)))
          (+ 1 (walk (- k 1))))))
  (let ((steps (walk n)))
    (cons steps seen)))
(write (table 60))
(newline)                                       ; expect: (61 0 10 20 30 40 50 60)

;; A global procedure that is redefined while it runs.
(define (step n) (+ n 1))
(define (change n)
  (if (= n 50) (set! step (lambda (n) (+ n 1000))))
  (if (= n 0) 0 (+ (step n) (change (- n 1)))))
(write (change 100))
(newline)                                       ; expect: 55100

;; Several values.
(define (divide n)
  (if (= n 0)
      0
      (call-with-values (lambda () (floor/ (* n n) 7))
                        (lambda (q r) (+ q r (divide (- n 1)))))))
(write (divide 100))
(newline)                                       ; expect: 48508
