(define in 0) (define out 0)
(define (f i s) (if (= i 100) s (f (+ i 1) (+ s (dynamic-wind (lambda () (set! in (+ in 1))) (lambda () i) (lambda () (set! out (+ out 1))))))))
(write (list (f 0 0) in out)) (newline)
; expect: (4950 100 100)
