; A loop is entered again from outside, many times: assigned variables keep their values, others are those of the capture.
(define k #f)
(define turns 0)
(define (run)
  (let ((fixed (call/cc (lambda (c) (set! k c) 0))))
    (set! turns (+ turns 1))
    (if (< turns 300) (k turns) fixed)))
(display (run)) (newline) ; expect: 299
(display turns) (newline) ; expect: 300
