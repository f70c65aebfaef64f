(define b (make-bytevector 100 200))
(define (f i s) (if (= i 100) s (begin (bytevector-u8-set! b i (modulo i 256)) (f (+ i 1) (+ s (bytevector-u8-ref b i))))))
(write (f 0 0)) (newline) ; expect: 4950
