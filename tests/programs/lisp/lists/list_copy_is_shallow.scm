(define a (list (list 1) 2))
(define b (list-copy a))
(write (list (eq? a b) (eq? (car a) (car b)) (list-copy 5))) (newline) ; expect: (#f #t 5)
