; Sieves lists by recursion that is not in tail position: frames wait for compiled functions while lists come and go. What a frame left
; behind was the tag of one value and the payload of another.
(define (numbers from to)
  (if (> from to) '() (cons from (numbers (+ from 1) to))))
(define (sieve list)
  (letrec ((without
            (lambda (factor list)
              (if (null? list)
                  '()
                  (if (= (remainder (car list) factor) 0)
                      (without factor (cdr list))
                      (cons (car list) (without factor (cdr list))))))))
    (if (null? list) '() (cons (car list) (sieve (without (car list) (cdr list)))))))
(define (sum list) (if (null? list) 0 (+ (car list) (sum (cdr list)))))
(do ((i 0 (+ i 1)) (total 0 (+ total (sum (sieve (numbers 2 700))))))
    ((= i 400) (display total) (newline)))
; expect: 15844800
