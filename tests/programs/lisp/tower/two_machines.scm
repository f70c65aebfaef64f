; An interpreter of a small language of instructions, whose program counter is part of a literal; and one more that it runs beside.
(define (run program accumulator)
  (let step ((rest program) (a accumulator))
    (merge-point! rest)
    (cond ((null? rest) a)
          ((eq? (car (car rest)) 'add) (step (cdr rest) (+ a (cadr (car rest)))))
          ((eq? (car (car rest)) 'mul) (step (cdr rest) (modulo (* a (cadr (car rest))) 10007)))
          ((eq? (car (car rest)) 'until)
           (if (> a (cadr (car rest))) (step (cdr rest) a) (step program a)))
          (else (error "no instruction" (car rest))))))
(write (run '((add 1) (until 5000)) 0)) (newline)                 ; expect: 5001
(write (run '((add 3) (mul 7) (add 1) (until 10000)) 1)) (newline) ; expect: 10005
(define (outer n total)
  (if (= n 0) total (outer (- n 1) (+ total (run '((add 2) (until 20)) n)))))
(write (outer 300 0)) (newline)                                   ; expect: 45930
(guard (e (#t (display (error-object-message e)) (newline)))
  (run '((add 1) (until 500) (stop)) 0))                          ; expect: no instruction
