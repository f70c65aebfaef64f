(define p (make-parameter 'out))
(define k #f)
(define n 0)
(let ()
  (parameterize ((p 'in)) (call/cc (lambda (c) (set! k c))) (write (p)))
  (set! n (+ n 1))
  (if (< n 3) (k #f)))
(newline) ; expect: ininin
