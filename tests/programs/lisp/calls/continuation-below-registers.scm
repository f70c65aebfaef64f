; A continuation is taken and entered below procedures that wait for machine code, with numbers in registers.
(define saved #f)
(define count 0)
(define (down n a x flag)
  (cond ((= n 0)
         (if flag
             (call-with-current-continuation (lambda (k) (set! saved k) (+ a x)))
             (+ a x)))
        ((= 0 (modulo n 50)) (+ 1 (down (- n 1) (+ a 2) (* x 1.0) (not flag))))
        (else (+ (remainder a 7) (down (- n 1) (+ a 1) x flag)))))
(define (again limit)
  (set! count 0)
  (let ((r (down 120 3 0.5 #t)))
    (set! count (+ count 1))
    (if (< count limit) (saved (* count 10.0)) r)))
(do ((i 0 (+ i 1))) ((= i 300)) (down (modulo i 60) i 0.25 #f))
(display (down 130 1 0.5 #f)) (newline)  ; expect: 516.5
(display (again 1)) (newline)  ; expect: 482.5
(display (again 5)) (newline)  ; expect: 397.0
(do ((i 0 (+ i 1))) ((= i 100)) (again 3))
(display (again 4)) (newline)  ; expect: 387.0
(define (escape n a)
  (call-with-current-continuation
    (lambda (out)
      (let loop ((n n) (a a))
        (if (= n 0) (out (* a 2)) (+ 1 (loop (- n 1) (+ a 1))))))))
(display (let sum ((i 0) (s 0)) (if (= i 200) s (sum (+ i 1) (+ s (escape (modulo i 90) i)))))) (newline)  ; expect: 56200
