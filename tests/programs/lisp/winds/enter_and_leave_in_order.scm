(define path '())
(define (add x) (set! path (cons x path)))
(dynamic-wind (lambda () (add 'in)) (lambda () (add 'body)) (lambda () (add 'out)))
(write (reverse path)) (newline) ; expect: (in body out)
