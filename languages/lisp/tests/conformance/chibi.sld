;;; What the suites of chibi-scheme use of its own library.
(define-library (chibi)
  (import (scheme base) (scheme char) (scheme cxr) (scheme inexact) (scheme lazy) (scheme process-context) (scheme r5rs)
          (scheme write))
  (export * + - / < <= = => > >= _ ... abs and append apply assoc assq assv begin boolean? caddr cadr call-with-current-continuation
          call-with-values call/cc car case cdddr cddr cdr char-upcase char? cond cons current-output-port define
          define-record-type define-syntax delay display do dynamic-wind else eq? equal? eqv? error even? exact exact->inexact exception-kind exact?
          expt for-each get-output-string guard if inexact inexact->exact inexact? integer? lambda length let let* let-values letrec list list->string
          list->vector list? make-exception make-string make-vector map max member memq memv min modulo negative? newline not null? number->string
          number? odd? open-output-string or pair? positive? procedure? quasiquote quote quotient remainder reverse round set! set-car!
          set-cdr! square string string->list string->number string->symbol string-append string-ci=? string-length string-ref string<? string=?
          string? substring symbol->string symbol? syntax-rules unless unquote unquote-splicing values vector vector->list
          vector-length vector-ref vector-set! vector? when write zero?)
  ;; What an error is there.
  (begin
    (define-record-type exception (make-exception kind message irritants procedure source) exception?
      (kind exception-kind) (message exception-message) (irritants exception-irritants)
      (procedure exception-procedure) (source exception-source))))
