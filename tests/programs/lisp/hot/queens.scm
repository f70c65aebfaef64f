(define (ok? row dist placed) (or (null? placed) (and (not (= (car placed) (+ row dist))) (not (= (car placed) (- row dist))) (not (= (car placed) row)) (ok? row (+ dist 1) (cdr placed)))))
(define (try n row k placed) (cond ((= k 0) 1) ((= row 0) 0) (else (+ (if (ok? row 1 placed) (try n n (- k 1) (cons row placed)) 0) (try n (- row 1) k placed)))))
(write (try 5 5 5 '())) (newline) ; expect: 10
