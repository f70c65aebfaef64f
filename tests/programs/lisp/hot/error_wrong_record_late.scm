(define-record-type a (make-a x) a? (x ax))
(define (f l s)
  (if (null? l) s (f (cdr l) (+ s (ax (car l)))))) ; expect error at 1: a record of type a is wanted
(define (make n l) (if (= n 0) l (make (- n 1) (cons (make-a n) l))))
(write (f (make 60 '()) 0)) (newline) ; expect: 1830
(f (append (make 60 '()) '(5)) 0)
