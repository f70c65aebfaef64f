(define-record-type a (make-a x) a? (x a-x))
(define-record-type b (make-b x) b? (x b-x))
(a-x (make-b 1)) ; expect error at 1: a record of type a is wanted
