(define n 0)
(define (tick!) (set! n (+ n 1)))
(do ((i 0 (+ i 1))) ((= i 300)) (tick!))
(write n) (newline) ; expect: 300
