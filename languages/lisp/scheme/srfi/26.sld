;;; SRFI 26: cut and cute, calls with holes.

(define-library (srfi 26)
  (export cut cute <> <...>)
  (import (scheme base))
  (begin
    (define-syntax <> (syntax-rules ()))
    (define-syntax <...> (syntax-rules ()))

    ;; (collect (params ..) (parts ..) slot-or-expression ..)
    (define-syntax collect
      (syntax-rules (<> <...>)
        ((_ (param ...) (f part ...))
         (lambda (param ...) (f part ...)))
        ((_ (param ...) (f part ...) <...>)
         (lambda (param ... . rest) (apply f part ... rest)))
        ((_ (param ...) (part ...) <> more ...)
         (collect (param ... x) (part ... x) more ...))
        ((_ (param ...) (part ...) value more ...)
         (collect (param ...) (part ... value) more ...))))

    (define-syntax cut
      (syntax-rules ()
        ((_ first more ...) (collect () () first more ...))))

    (define-syntax collect-evaluated
      (syntax-rules (<> <...>)
        ((_ (binding ...) (param ...) (f part ...))
         (let (binding ...) (lambda (param ...) (f part ...))))
        ((_ (binding ...) (param ...) (f part ...) <...>)
         (let (binding ...) (lambda (param ... . rest) (apply f part ... rest))))
        ((_ (binding ...) (param ...) (part ...) <> more ...)
         (collect-evaluated (binding ...) (param ... x) (part ... x) more ...))
        ((_ (binding ...) (param ...) (part ...) value more ...)
         (collect-evaluated (binding ... (v value)) (param ...) (part ... v) more ...))))

    (define-syntax cute
      (syntax-rules ()
        ((_ first more ...) (collect-evaluated () () () first more ...))))))
