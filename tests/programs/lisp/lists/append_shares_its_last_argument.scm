(define tail '(3))
(write (eq? tail (cddr (append '(1 2) tail)))) (newline) ; expect: #t
(write (list (append) (append '() '()) (append '(1) 2) (append 5))) (newline) ; expect: (() () (1 . 2) 5)
