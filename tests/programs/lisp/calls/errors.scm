;; Errors in compiled procedures: caught by the caller, some levels up, or handled where they happen.

(define (risky n)
  (cond ((= (modulo n 7) 0) (error "seven" n))
        ((= (modulo n 11) 0) (raise 'eleven))
        ((= (modulo n 13) 0) (car n))
        ((= (modulo n 17) 0) (vector-ref #(1 2 3) n))
        (else n)))
(define (safely n)
  (guard (e ((symbol? e) 1000)
            ((and (error-object? e) (equal? (error-object-message e) "seven")) 2000)
            ((error-object? e) 3000))
    (risky n)))
(define (total n) (if (= n 0) 0 (+ (safely n) (total (- n 1)))))
(write (total 300))
(newline)                                       ; expect: 231684

;; Many levels below the guard.
(define (sink n m) (if (= n 0) (risky m) (+ 1 (sink (- n 1) m))))
(define (tries n)
  (if (= n 0)
      '()
      (cons (guard (e (#t (if (error-object? e) 'error e))) (sink (modulo n 30) n)) (tries (- n 1)))))
(define (count-of x list) (if (null? list) 0 (+ (if (eqv? x (car list)) 1 0) (count-of x (cdr list)))))
(define all (tries 300))
(write (list (length all) (count-of 'error all) (count-of 'eleven all)))
(newline)                                       ; expect: (300 73 24)

;; The handler returns to where the exception was raised.
(define (ask n) (if (= n 0) (raise-continuable 'question) (+ 1 (ask (- n 1)))))
(define (asking n)
  (if (= n 0)
      0
      (+ (with-exception-handler (lambda (e) (if (eq? e 'question) n -1000)) (lambda () (ask (modulo n 9))))
         (asking (- n 1)))))
(write (asking 200))
(newline)                                       ; expect: 20895

;; The handler escapes.
(define (escape n)
  (call/cc
   (lambda (k)
     (with-exception-handler (lambda (e) (k (list 'caught n)))
                             (lambda () (sink n 7))))))
(define (escapes n last) (if (= n 0) last (escapes (- n 1) (escape (modulo n 25)))))
(write (escapes 200 #f))
(newline)                                       ; expect: (caught 1)

;; Raised again through a guard that does not take it, in nested calls.
(define (pass n)
  (if (= n 0)
      (raise 'deep)
      (guard (e ((number? e) e)) (pass (- n 1)))))
(define (passes n sum)
  (if (= n 0) sum (passes (- n 1) (+ sum (guard (e ((eq? e 'deep) 1)) (pass (modulo n 5)))))))
(write (passes 200 0))
(newline)                                       ; expect: 200

;; A wrong number of arguments, and what is no procedure.
(define (two a b) (+ a b))
(define (bad n)
  (guard (e (#t 1))
    (cond ((= (modulo n 3) 0) (two n))
          ((= (modulo n 3) 1) (n n))
          (else (two n n)))))
(define (bads n) (if (= n 0) 0 (+ (bad n) (bads (- n 1)))))
(write (bads 200))
(newline)                                       ; expect: 13667
