(define (f i s) (if (= i 60) s (f (+ i 1) (string-append s (if (even? i) "a" "λ")))))
(define s (f 0 ""))
(write (list (string-length s) (string-ref s 59))) (newline) ; expect: (60 #\λ)
