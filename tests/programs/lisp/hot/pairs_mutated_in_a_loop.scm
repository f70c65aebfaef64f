(define l (list 0 0 0))
(define (f i p) (if (< i 300) (begin (set-car! p (+ (car p) i)) (f (+ i 1) (if (null? (cdr p)) l (cdr p))))))
(f 0 l)
(write l) (newline) ; expect: (14850 14950 15050)
