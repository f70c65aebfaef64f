; jit: threshold=5,bridge=2
; Traces that call a procedure by its name rely on what it is.
(define (step x) (+ x 1))
(define (f i x) (if (= i 40) x (f (+ i 1) (step x))))
(f 0 0)
(set! step (lambda (x) (+ x 2)))
(f 0 0)
