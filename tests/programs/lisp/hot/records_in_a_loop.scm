(define-record-type point (make-point x y) point? (x px set-px!) (y py))
(define (f i p) (if (= i 200) p (f (+ i 1) (make-point (+ (px p) 1) (- (py p) 0.5)))))
(define p (f 0 (make-point 0 0.)))
(write (list (px p) (py p))) (newline) ; expect: (200 -100.0)
(do ((i 0 (+ i 1))) ((= i 100)) (set-px! p (+ (px p) i)))
(write (px p)) (newline) ; expect: 5150
