(define (f n) (let loop ((i 0)) (cond ((= i 40) 'end) ((= i n) (list 'found i)) (else (loop (+ i 1))))))
(write (map f '(5 100 39 40))) (newline) ; expect: ((found 5) end (found 39) end)
