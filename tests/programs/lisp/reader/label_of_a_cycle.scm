(define x '#0=(a b . #0#))
(write (eq? x (cddr x))) (newline) ; expect: #t
