(define loop 'outer)
(write (let loop ((i 0)) (if (< i 3) (loop (+ i 1)) i))) (newline) ; expect: 3
(write loop) (newline) ; expect: outer
