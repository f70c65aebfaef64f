;;; SRFI 2: and-let*, a chain of bindings and tests that ends with the first false one.

(define-library (srfi 2)
  (export and-let*)
  (import (scheme base))
  (begin
    (define-syntax and-let*
      (syntax-rules ()
        ((_ ()) #t)
        ((_ () body ...) (let () body ...))
        ((_ ((name value)))
         (let ((name value)) name))
        ((_ ((name value) clause ...) body ...)
         (let ((name value))
           (if name (and-let* (clause ...) body ...) #f)))
        ((_ ((test)))
         test)
        ((_ ((test) clause ...) body ...)
         (if test (and-let* (clause ...) body ...) #f))
        ((_ (test))
         test)
        ((_ (test clause ...) body ...)
         (if test (and-let* (clause ...) body ...) #f))))))
