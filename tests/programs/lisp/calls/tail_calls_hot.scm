;; Compiled procedures end in tail calls: the frame is the next procedure's, and so is the return to the caller.

(define (state-a n acc) (if (= n 0) (list 'a acc) (state-b (- n 1) (+ acc 1))))
(define (state-b n acc) (if (= n 0) (list 'b acc) (state-c (- n 1) (* acc 2))))
(define (state-c n acc) (if (= n 0) (list 'c acc) (if (> acc 1000) (state-a (- n 1) 0) (state-a (- n 1) acc))))
(define (runs n)
  (if (= n 0) '() (let ((r (state-a n 0))) (cons r (runs (- n 1))))))
(write (car (runs 100)))
(newline)                                       ; expect: (b 127)
(write (length (runs 150)))
(newline)                                       ; expect: 150

;; Continuation-passing: everything is a tail call.
(define (fact-k n k) (if (= n 0) (k 1) (fact-k (- n 1) (lambda (r) (k (* n r))))))
(define (facts n) (if (= n 0) 0 (+ (fact-k (modulo n 10) (lambda (r) r)) (facts (- n 1)))))
(write (facts 300))
(newline)                                       ; expect: 12273420

;; More arguments than the caller had, and fewer.
(define (widen a) (if (> a 0) (six a 1 2 3 4 5) 0))
(define (six a b c d e f) (narrow (+ a b c d e f)))
(define (narrow s) (if (even? s) (- s) s))
(define (widths n) (if (= n 0) 0 (+ (widen n) (widths (- n 1)))))
(write (widths 300))
(newline)                                       ; expect: 150

;; A million of them inside of calls.
(define (even-steps? n) (if (= n 0) #t (odd-steps? (- n 1))))
(define (odd-steps? n) (if (= n 0) #f (even-steps? (- n 1))))
(define (outer n) (if (= n 0) 0 (+ (if (even-steps? (* n 500)) 1 0) (outer (- n 1)))))
(write (outer 60))
(newline)                                       ; expect: 60

;; Built-ins in tail position are called once.
(define port (open-output-string))
(define (say what . more) (apply write-to (cons what more)))
(define (write-to what) (emit write-char what port))
(define (emit f what port) (f what port))
(define (directly f a b) (f a b))
(define (talk n)
  (if (= n 0)
      0
      (begin
        (say #\x)
        (+ (directly + n 1) (directly - n 1) (directly (if (even? n) max min) n 7) (talk (- n 1))))))
(write (list (talk 300) (string-length (get-output-string port))))
(newline)                                       ; expect: (113997 300)
