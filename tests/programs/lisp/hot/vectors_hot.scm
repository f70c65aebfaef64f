; Sieve of Eratosthenes.
(define (primes n)
  (let ((v (make-vector (+ n 1) #t)))
    (let loop ((i 2) (count 0))
      (if (> i n)
          count
          (if (vector-ref v i)
              (begin
                (do ((j (* i i) (+ j i))) ((> j n)) (vector-set! v j #f))
                (loop (+ i 1) (+ count 1)))
              (loop (+ i 1) count))))))
(display (primes 10000)) (newline) ; expect: 1229
