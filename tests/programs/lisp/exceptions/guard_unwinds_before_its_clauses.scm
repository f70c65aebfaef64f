(define in #f)
(write (guard (e (#t in)) (dynamic-wind (lambda () (set! in #t)) (lambda () (raise 'x)) (lambda () (set! in #f))))) (newline) ; expect: #f
