(define kept '())
(define (f i s) (if (= i 200) s (let ((p (cons i (* i 2)))) (if (= 0 (modulo i 50)) (set! kept (cons p kept))) (f (+ i 1) (+ s (car p) (cdr p))))))
(write (f 0 0)) (newline) ; expect: 59700
(write kept) (newline) ; expect: ((150 . 300) (100 . 200) (50 . 100) (0 . 0))
