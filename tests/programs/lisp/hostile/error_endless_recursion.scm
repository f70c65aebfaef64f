; heap: 32
; skip stress: every collection looks at all frames
(define (f n) (+ 1 (f (+ n 1))))
(f 0) ; expect error at 3: heap
