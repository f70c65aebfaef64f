; Those who import the variable cannot assign it, but the library's macros can.
(define-library (counter)
  (import (scheme base))
  (export count next! reset!)
  (begin
    (define count 0)
    (define-syntax reset! (syntax-rules () ((_ value) (set! count value))))
    (define (next!) (set! count (+ count 1)) count)))
(import (scheme base) (scheme write) (counter))
(next!)
(write count) (newline) ; expect: 1
(reset! 7)
(write count) (newline) ; expect: 7
(write (next!)) (newline) ; expect: 8
