(define c (list '+ 1)) (set-cdr! (cdr c) c)
(eval c (environment '(scheme base))) ; expect error:
