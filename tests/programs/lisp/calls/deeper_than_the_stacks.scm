;; Recursion that is deeper than the native stack and the virtual machine's stack: frames move to the heap and come back.
; skip stress: it takes too long

(define (count n) (if (= n 0) 0 (+ 1 (count (- n 1)))))
(write (count 3000000))
(newline)                                       ; expect: 3000000

(define (numbers n) (if (= n 0) '() (cons n (numbers (- n 1)))))
(define (sum list) (if (null? list) 0 (+ (car list) (sum (cdr list)))))
(write (sum (numbers 1000000)))
(newline)                                       ; expect: 500000500000

;; Several continuation points in turn, mixed with calls on the way back.
(define (square x) (* x x))
(define (zig n) (if (= n 0) 0 (let ((below (zag (- n 1)))) (+ (square 2) below))))
(define (zag n) (if (= n 0) 0 (- (zig (- n 1)) (square 1))))
(write (zig 2000000))
(newline)                                       ; expect: 3000000

;; A continuation at the bottom of it all, entered again.
(define saved #f)
(define (deep n) (if (= n 0) (call/cc (lambda (k) (set! saved k) 0)) (+ 1 (deep (- n 1)))))
(define turns 0)
(let ((value (deep 500000)))
  (write value)
  (newline)
  (set! turns (+ turns 1))
  (if (< turns 3) (saved turns)))
; expect: 500000
; expect: 500001
; expect: 500002

;; An error down there.
(define (trap n) (if (= n 0) (raise 'down) (+ 1 (trap (- n 1)))))
(write (guard (e ((symbol? e) e)) (trap 3000000)))
(newline)                                       ; expect: down
