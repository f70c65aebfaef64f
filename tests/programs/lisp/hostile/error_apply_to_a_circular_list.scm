(define c (list 1 2)) (set-cdr! (cdr c) c)
(apply + c) ; expect error: apply
