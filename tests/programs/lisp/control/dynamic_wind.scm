; Winds are left and entered again, innermost first on the way out.
(define trace '())
(define (note x) (set! trace (cons x trace)))
(define k #f)
(dynamic-wind
 (lambda () (note 'in1))
 (lambda ()
   (dynamic-wind
    (lambda () (note 'in2))
    (lambda () (call/cc (lambda (c) (set! k c))) (note 'body))
    (lambda () (note 'out2))))
 (lambda () (note 'out1)))
(if (< (length trace) 8) (k 'again))
(display (reverse trace)) (newline) ; expect: (in1 in2 body out2 out1 in1 in2 body out2 out1)
