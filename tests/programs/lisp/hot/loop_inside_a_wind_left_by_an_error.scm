(define out 0)
(define (f n) (guard (e (#t (list e out))) (dynamic-wind (lambda () #f) (lambda () (let loop ((i 0)) (if (= i n) (raise i)) (loop (+ i 1)))) (lambda () (set! out (+ out 1))))))
(write (list (f 50) (f 70) (f 90))) (newline) ; expect: ((50 1) (70 2) (90 3))
