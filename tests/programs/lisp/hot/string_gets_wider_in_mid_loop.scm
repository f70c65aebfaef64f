(define s (make-string 100 #\a))
(define (f i) (if (< i 100) (begin (string-set! s i (if (= i 70) #\漢 #\b)) (f (+ i 1)))))
(f 0)
(write (list (string-ref s 69) (string-ref s 70) (string-ref s 71) (string-ref s 99))) (newline) ; expect: (#\b #\漢 #\b #\b)
