; A parameter that is called with a value has it from then on, as far as the binding reaches.
(define p (make-parameter 1 (lambda (x) (* 10 x))))
(p 2)
(write (p)) (newline) ; expect: 20
(parameterize ((p 3))
  (p 4)
  (write (p)) (newline)) ; expect: 40
(write (p)) (newline) ; expect: 20
(define (sum n) (if (= n 0) (p) (begin (p n) (+ (p) (sum (- n 1))))))
(write (sum 100)) (newline) ; expect: 50510
(p 1 2) ; expect error: the parameter takes 0 to 1 arguments, not 2
