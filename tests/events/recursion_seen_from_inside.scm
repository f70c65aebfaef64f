; jit: threshold=25,calls=20,bridge=8
; A recursion that ends in a call of itself. The loop that this is, seen from a frame of the interpreter, is found later than the
; function, and what grows from the function does not join it.
(define (tak x y z)
  (if (< y x)
      (tak (tak (- x 1) y z) (tak (- y 1) z x) (tak (- z 1) x y))
      z))
(tak 9 5 2)
(tak 8 6 1)
