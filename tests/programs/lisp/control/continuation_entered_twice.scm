(define k #f)
(define n 0)
(define (f) (+ 100 (call/cc (lambda (c) (set! k c) 1))))
(let ((value (f)))
  (write value) (newline)
  (set! n (+ n 1))
  (if (< n 3) (k n)))
; expect: 101
; expect: 101
; expect: 102
