;; Nobody catches an error that happens under compiled calls.
(define (fall n)
  (if (= n 0)
      (car 'nothing)
      (+ 1 (fall (- n 1)))))
(define (warm n)
  (if (> n 0)
      (begin (guard (e (#t 0)) (fall 20)) (warm (- n 1)))))
(warm 200)
(write 'warm)
(newline)                                       ; expect: warm
(fall 500)                                      ; expect error at 4: car: a pair is wanted
