(define (f) (raise 'inner))
(with-exception-handler (lambda (e) (car e)) f) ; expect error at 2: car: a pair is wanted
