(define (reverse! l) (let loop ((l l) (r '())) (if (null? l) r (let ((next (cdr l))) (set-cdr! l r) (loop next l)))))
(define (iota n) (let loop ((i n) (l '())) (if (= i 0) l (loop (- i 1) (cons i l)))))
(define l (reverse! (iota 200)))
(write (list (car l) (length l) (list-ref l 199))) (newline) ; expect: (200 200 1)
