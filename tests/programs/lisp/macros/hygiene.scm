; What a template introduces does not capture, and is not captured.
(define-syntax my-or
  (syntax-rules () ((_) #f) ((_ e) e) ((_ e r ...) (let ((t e)) (if t t (my-or r ...))))))
(define t 5)
(write (my-or #f t)) (newline) ; expect: 5
(write (let ((if list)) (my-or #f 7))) (newline) ; expect: 7
(define-syntax swap!
  (syntax-rules () ((_ a b) (let ((tmp a)) (set! a b) (set! b tmp)))))
(define tmp 1)
(define other 2)
(swap! tmp other)
(write (list tmp other)) (newline) ; expect: (2 1)
(define-syntax while
  (syntax-rules () ((_ test body ...) (let loop () (when test body ... (loop))))))
(define i 0)
(while (< i 200) (set! i (+ i 1)))
(write i) (newline) ; expect: 200
