; skip stress: every collection looks at the list that grows
; heap: 32
(define c (list 1 2)) (set-cdr! (cdr c) c)
(define (count n l) (if (null? l) n (count (+ n 1) (cdr l))))
(count 0 (map list c c)) ; expect error: heap
