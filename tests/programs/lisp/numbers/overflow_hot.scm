; A word overflows in a hot loop, and comes back.
(define (run n)
  (let loop ((i 0) (x 1))
    (if (= i n) x (loop (+ i 1) (if (= (modulo i 64) 63) 1 (* x 2))))))
(write (run 1000)) (newline) ; expect: 1099511627776
(write (let loop ((i 0) (s 0)) (if (= i 500) s (loop (+ i 1) (+ s 100000000000000000))))) (newline) ; expect: 50000000000000000000
