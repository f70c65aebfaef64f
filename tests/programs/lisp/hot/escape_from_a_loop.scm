(define (find p l) (call/cc (lambda (return) (for-each (lambda (x) (if (p x) (return x))) l) 'none)))
(define (f i s) (if (= i 80) s (f (+ i 1) (+ s (find (lambda (x) (> x (modulo i 5))) '(1 2 3 4 5))))))
(write (f 0 0)) (newline) ; expect: 240
