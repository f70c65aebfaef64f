(define s (make-string 200 #\a))
(string-set! s 150 #\z)
(define (find c i) (cond ((= i (string-length s)) #f) ((char=? c (string-ref s i)) i) (else (find c (+ i 1)))))
(write (list (find #\z 0) (find #\q 0))) (newline) ; expect: (150 #f)
