; A million frames that are no tail calls.
(define (deep n) (if (= n 0) 0 (+ 1 (deep (- n 1)))))
(display (deep 1000000)) (newline) ; expect: 1000000
; skip stress: every collection looks at all frames
