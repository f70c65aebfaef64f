; The primes below a limit, by the sieve of Eratosthenes.

(import (scheme base) (scheme write))

(define (sieve limit)
  (let ((composite (make-vector limit #f)))
    (do ((n 2 (+ n 1))
         (primes '()
                 (if (vector-ref composite n)
                     primes
                     (begin
                       (do ((k (* n n) (+ k n)))
                           ((>= k limit))
                         (vector-set! composite k #t))
                       (cons n primes)))))
        ((= n limit) primes))))

(let ((primes (sieve 2000000)))
  (write (length primes))
  (display " primes, the last of them is ")
  (write (car primes))
  (newline))
