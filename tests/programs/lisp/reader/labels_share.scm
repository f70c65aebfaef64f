(define x '(#0=(1) #0#))
(write (eq? (car x) (cadr x))) (newline) ; expect: #t
