(define (f i v)
  (if (< i 200)
      (f (+ i 1)
         (+ v (vector-ref #(1 2 3) (if (= i 150) 3 0)))))) ; expect error at 4: vector-ref: out of range: 3
(f 0 0)
