; Mutual recursion in tail position takes no stack.
(define (my-even? n) (if (= n 0) #t (my-odd? (- n 1))))
(define (my-odd? n) (if (= n 0) #f (my-even? (- n 1))))
(display (my-even? 300000)) (newline) ; expect: #t
(display (my-odd? 300001)) (newline) ; expect: #t
; skip stress: there are too many calls to collect at each
