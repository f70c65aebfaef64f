; Closures made in a loop keep the values of their turn; assigned variables are shared.
(define (adders n)
  (let loop ((i 0) (all '()))
    (if (= i n) all (loop (+ i 1) (cons (lambda (x) (+ x i)) all)))))
(display (map (lambda (f) (f 10)) (adders 5))) (newline) ; expect: (14 13 12 11 10)
(define (counter) (let ((n 0)) (lambda () (set! n (+ n 1)) n)))
(define c (counter))
(do ((i 0 (+ i 1))) ((= i 500)) (c))
(display (c)) (newline) ; expect: 501
