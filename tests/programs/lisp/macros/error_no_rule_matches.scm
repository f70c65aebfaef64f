(define-syntax m (syntax-rules () ((_ a) 'a)))
(write 1)
(m 1 2) ; expect syntax error:
; expect tail: 1
