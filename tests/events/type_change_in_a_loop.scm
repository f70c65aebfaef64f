; jit: threshold=5,bridge=2
; An int becomes a float: the loop is left, and gets another version.
(define (sum i s)
  (if (= i 60)
      s
      (sum (+ i 1) (if (= i 30) (+ s 0.5) (+ s i)))))
(sum 0 0)
