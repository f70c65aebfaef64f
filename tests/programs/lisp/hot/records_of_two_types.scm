(define-record-type a (make-a x) a? (x ax))
(define-record-type b (make-b x) b? (x bx))
(define (f i s) (if (= i 100) s (let ((r (if (odd? i) (make-a 1) (make-b 10)))) (f (+ i 1) (+ s (if (a? r) (ax r) (bx r)))))))
(write (f 0 0)) (newline) ; expect: 550
