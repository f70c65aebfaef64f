; A merge point means nothing but its argument, wherever it stands and whatever it is given.
(write (merge-point! 'a)) (newline)                          ; expect: a
(write (+ 1 (merge-point! 2))) (newline)                     ; expect: 3
(write (list (merge-point! "s") (merge-point! 1.5))) (newline) ; expect: ("s" 1.5)
(define (last-of x) (merge-point! x))
(write (last-of '(1))) (newline)                             ; expect: (1)
; In a loop of its own.
(define program '(one two three))
(define (go n total)
  (merge-point! program)
  (if (= n 0) total (go (- n 1) (+ total n))))
(write (go 1000 0)) (newline)                                ; expect: 500500
; With a key that is always another one, and one that is made anew.
(define (walk l n) (merge-point! l) (if (pair? l) (walk (cdr l) (+ n 1)) n))
(write (walk (iota 1000) 0)) (newline)                       ; expect: 1000
(define (fresh n) (merge-point! (list n)) (if (= n 0) 'done (fresh (- n 1))))
(write (fresh 1000)) (newline)                               ; expect: done
(define (numbers n) (merge-point! n) (if (= n 0) 'done (numbers (- n 1))))
(write (numbers 1000)) (newline)                             ; expect: done
; A key that changes in the middle of a run.
(define (phases n key)
  (merge-point! key)
  (cond ((= n 0) key)
        ((= n 500) (phases (- n 1) '(second)))
        (else (phases (- n 1) key))))
(write (phases 1000 '(first))) (newline)                     ; expect: (second)
; Not in tail position: the procedure returns to its caller.
(define (step key n) (merge-point! key) (+ n 1))
(define (steps i n) (if (= i 1000) n (steps (+ i 1) (step '(k) n))))
(write (steps 0 0)) (newline)                                ; expect: 1000
; Recursion.
(define (count-down n) (merge-point! program) (if (= n 0) 0 (+ 1 (count-down (- n 1)))))
(write (count-down 3000)) (newline)                          ; expect: 3000
(define (fib n) (merge-point! '(fib)) (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2)))))
(write (fib 15)) (newline)                                   ; expect: 610
