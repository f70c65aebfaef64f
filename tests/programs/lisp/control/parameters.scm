; parameterize converts, nests, and follows continuations.
(define p (make-parameter 10 (lambda (x) (* x 2))))
(write (list (p) (parameterize ((p 3)) (list (p) (parameterize ((p 4)) (p)))) (p))) (newline) ; expect: (20 (6 8) 20)
(define k #f)
(define seen '())
(parameterize ((p 7)) (call/cc (lambda (c) (set! k c))) (set! seen (cons (p) seen)))
(if (< (length seen) 2) (k #f))
(write seen) (newline) ; expect: (14 14)
