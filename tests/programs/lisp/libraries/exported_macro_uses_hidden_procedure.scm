(define-library (my lib) (export twice) (import (scheme base))
  (begin (define (hidden x) (* 2 x)) (define-syntax twice (syntax-rules () ((_ e) (hidden e))))))
(import (scheme base) (scheme write) (my lib))
(define (hidden x) 'wrong)
(write (twice 21)) (newline) ; expect: 42
