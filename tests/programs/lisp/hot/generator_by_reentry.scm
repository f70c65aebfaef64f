(define (make-gen n)
  (define back #f)
  (define (go) (let loop ((i 0)) (if (< i n) (begin (call/cc (lambda (k) (set! go (lambda () (k #f))) (back i))) (loop (+ i 1))))) (back 'end))
  (lambda () (call/cc (lambda (k) (set! back k) (go)))))
(define g (make-gen 100))
(define (sum s) (let ((x (g))) (if (eq? x 'end) s (sum (+ s x)))))
(write (sum 0)) (newline) ; expect: 4950
