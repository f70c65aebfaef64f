(define c (list 1 2)) (set-cdr! (cdr c) c)
(length c) ; expect error: length
