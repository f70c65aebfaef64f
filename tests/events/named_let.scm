; jit: threshold=5,bridge=2
; A loop gets hot, and one of its branches a bridge.
(define (f i s)
  (if (= i 60)
      s
      (f (+ i 1) (if (= 0 (modulo i 3)) (+ s i) s))))
(f 0 0)
