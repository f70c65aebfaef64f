; Continuation-passing style: every call is a tail call of a closure.
(define (fact n k)
  (if (= n 0)
      (k 1)
      (fact (- n 1) (lambda (v) (k (modulo (* n v) 1000003))))))
(display (fact 10 (lambda (v) v))) (newline) ; expect: 628791
