(define c (list 1 2)) (set-cdr! (cdr c) c)
(write c) (newline) ; expect: #0=(1 2 . #0#)
