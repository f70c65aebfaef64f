(define p (make-parameter 0))
(define (read-p) (p))
(define (f i s) (if (= i 80) s (f (+ i 1) (+ s (parameterize ((p i)) (read-p))))))
(write (list (f 0 0) (p))) (newline) ; expect: (3160 0)
