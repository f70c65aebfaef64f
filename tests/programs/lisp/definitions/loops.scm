; Loops in loops, loops that are left early, loops that are no loops because they escape.
(define (pairs n)
  (let outer ((i 0) (all '()))
    (if (= i n)
        (reverse all)
        (let inner ((j 0) (all all))
          (if (= j i)
              (outer (+ i 1) all)
              (inner (+ j 1) (cons (list i j) all)))))))
(write (pairs 3)) (newline) ; expect: ((1 0) (2 0) (2 1))
(write (+ 1 (let loop ((i 0)) (if (< i 10) (loop (+ i 1)) i)))) (newline) ; expect: 11
(write (let loop ((i 0)) (if (= i 3) '() (cons i (loop (+ i 1)))))) (newline) ; expect: (0 1 2)
(write (map (let loop ((i 0)) (if (= i 3) (lambda (x) (+ x i)) (loop (+ i 1)))) '(1 2))) (newline) ; expect: (4 5)
(write (let loop ((a 1) (b 2) (n 5)) (if (= n 0) (list a b) (loop b (+ a b) (- n 1))))) (newline) ; expect: (13 21)
(define (entered c) (let loop ((i c)) (cond ((> i 5) 'big) ((odd? i) (loop (* i 3))) (else (list i)))))
(write (list (entered 1) (entered 2) (entered 9))) (newline) ; expect: (big (2) big)
(write (let loop ((i 0)) (when (< i 5) (loop (+ i 1))))) (newline) ; expect: #<unspecified>
