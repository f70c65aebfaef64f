; A heap that fills up in compiled code is caught each time, whoever fills it: a recursion, a loop, a growing vector.
; heap: 8
; skip stress: every collection looks at all frames
(define (deep l) (+ 1 (deep (cons (make-vector 100 0) l))))
(define (loop l) (loop (cons (make-string 100) l)))
(define (grow v) (grow (vector-append v v)))
(define (caught thunk)
  (guard (e ((error-object? e) 1)) (thunk) 0))
(define (times n count)
  (if (= n 0)
      count
      (times (- n 1)
             (+ count
                (caught (lambda () (deep '())))
                (caught (lambda () (loop '())))
                (caught (lambda () (grow (vector 1 2))))))))
(write (times 5 0)) (newline) ; expect: 15
; The handler may fill it up too.
(write (guard (e (#t 'outer)) (guard (e (#t (loop '()))) (deep '())))) (newline) ; expect: outer
(write (length (make-list 1000 0))) (newline) ; expect: 1000
