; Ports that nobody refers to are used again.
(define (text x) (let ((p (open-output-string))) (write x p) (get-output-string p)))
(define (run n) (let loop ((i 0) (s 0)) (if (= i n) s (loop (+ i 1) (+ s (string-length (text i)))))))
(write (run 3000)) (newline) ; expect: 10890
