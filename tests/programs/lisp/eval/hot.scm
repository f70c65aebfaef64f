(define (run n sum) (if (= n 0) sum (run (- n 1) (+ sum (eval (list '* n 2) (environment '(scheme base)))))))
(write (run 20 0)) (newline) ; expect: 420
