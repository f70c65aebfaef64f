;; a counting loop; a unit is 10 turns
(define N 1000)
(define (count i n) (if (< i n) (count (+ i 1) n) i))
(display (count 0 (* N 10)))
(newline)
