(define-record-type a (make-a x) a? (x a-x))
(define-record-type b (make-b x) b? (x b-x))
(write (list (a? (make-b 1)) (b? (make-b 1)))) (newline) ; expect: (#f #t)
