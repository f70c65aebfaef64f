;;; Control: continuations, dynamic-wind, exceptions, parameters, promises, eval.
;;;
;;; What begins with % is a built-in or a form of the compiler that programs do not see. %apply, %call/cc and %reinstate
;;; must stand in tail position: they are instructions.

(define (%spread arguments)
  (if (null? (cdr arguments))
      (car arguments)
      (cons (car arguments) (%spread (cdr arguments)))))

(define (apply procedure first . rest)
  (%apply procedure (if (null? rest) first (%spread (cons first rest)))))

(define (call-with-current-continuation receiver)
  (%call/cc receiver))

(define (call/cc receiver)
  (%call/cc receiver))

(define (call-with-values producer consumer)
  (let ((result (producer)))
    (%apply consumer (%values->list result))))

;;; The list of winds holds, for each dynamic-wind that is active, the pair of its first and its last procedure.

(define (dynamic-wind before thunk after)
  (%procedure "dynamic-wind" before)
  (%procedure "dynamic-wind" thunk)
  (%procedure "dynamic-wind" after)
  (before)
  (%set-winds! (cons (cons before after) (%winds)))
  (let ((result (thunk)))
    (%set-winds! (cdr (%winds)))
    (after)
    result))

(define (%common-tail a b)
  (let ((la (length a)) (lb (length b)))
    (let loop ((a (if (> la lb) (list-tail a (- la lb)) a))
               (b (if (> lb la) (list-tail b (- lb la)) b)))
      (if (eq? a b)
          a
          (loop (cdr a) (cdr b))))))

(define (%rewind to)
  (let ((from (%winds)))
    (if (not (eq? from to))
        (let ((common (%common-tail from to)))
          (let out ((winds from))
            (if (not (eq? winds common))
                (begin
                  (%set-winds! (cdr winds))
                  ((cdr (car winds)))
                  (out (cdr winds)))))
          (let in ((winds to))
            (if (not (eq? winds common))
                (begin
                  (in (cdr winds))
                  ((car (car winds)))
                  (%set-winds! winds))))))))

;; What calling a continuation does.
(define (%resume continuation . results)
  (%rewind (%continuation-winds continuation))
  (%reinstate continuation (%list->values results)))

;;; Exceptions.

(define (with-exception-handler handler thunk)
  (%procedure "with-exception-handler" handler)
  (%procedure "with-exception-handler" thunk)
  (let ((outer (%handlers)))
    (%set-handlers! (cons handler outer))
    (let ((result (thunk)))
      (%set-handlers! outer)
      result)))

(define (raise payload)
  (let ((handlers (%handlers)))
    (if (null? handlers)
        (%uncaught payload)
        (begin
          (%set-handlers! (cdr handlers))
          ((car handlers) payload)
          (%set-handlers! (cdr handlers))
          (raise (%make-error "the handler of an exception returned:" (list payload)))))))

(define (raise-continuable payload)
  (let ((handlers (%handlers)))
    (if (null? handlers)
        (%uncaught payload)
        (begin
          (%set-handlers! (cdr handlers))
          (let ((result ((car handlers) payload)))
            (%set-handlers! handlers)
            result)))))

(define (error message . irritants)
  (raise (%make-error message irritants)))

(define (assertion-violation who message . irritants)
  (raise (%make-error message (cons who irritants))))

;; The body of a guard and its clauses; `again` raises in the context of the exception what no clause takes.
(define (%guard body clauses)
  ((%call-thunk
    (lambda (leave)
      (with-exception-handler
       (lambda (payload)
         ((%call-thunk
           (lambda (stay)
             (leave
              (lambda ()
                (clauses payload
                         (lambda ()
                           (stay (lambda () (raise-continuable payload)))))))))))
       (lambda ()
         (let ((result (body)))
           (lambda () result))))))))

(define (%call-thunk receiver)
  (%call/cc receiver))

;;; Parameters.

(define (make-parameter value . converter)
  (cond ((null? converter) (%make-parameter value #f))
        ((null? (cdr converter)) (%make-parameter ((car converter) value) (car converter)))
        (else (error "make-parameter takes 1 to 2 arguments"))))

(define (%converted bindings)
  (if (null? bindings)
      '()
      (let* ((parameter (car (car bindings)))
             (converter (%parameter-converter parameter))
             (value (cdr (car bindings)))
             (converted (if converter (converter value) value)))
        (cons (cons parameter converted) (%converted (cdr bindings))))))

(define (%parameterize bindings thunk)
  (let ((inner (%converted bindings)) (outer (%parameters)))
    (%set-parameters! (append inner outer))
    (let ((result (thunk)))
      (%set-parameters! outer)
      result)))

;; What calling a parameter with a value does.
(define (%assign-parameter parameter value)
  (let ((converter (%parameter-converter parameter)))
    (%set-parameter! parameter (if converter (converter value) value))))

(define current-input-port (%make-parameter (%standard-port 0) #f))
(define current-output-port (%make-parameter (%standard-port 1) #f))
(define current-error-port (%make-parameter (%standard-port 2) #f))

;;; Promises.

(define (force promise)
  (if (promise? promise)
      (let loop ()
        (if (%promise-done? promise)
            (%promise-value promise)
            (let ((next ((%promise-value promise))))
              (if (not (%promise-done? promise))
                  (%promise-become! promise next))
              (loop))))
      promise))

;;; Programs made by programs.

(define eval
  (case-lambda
    ((expression) ((%compile expression (interaction-environment))))
    ((expression environment) ((%compile expression environment)))))

(define (environment . sets)
  (let ((made (%make-environment)))
    ((%compile (cons 'import sets) made))
    made))

(define (scheme-report-environment . version) (interaction-environment))
(define (null-environment . version) (interaction-environment))

(define load
  (case-lambda
    ((file) (load file (interaction-environment)))
    ((file environment)
     (let loop ((forms (%read-file file)))
       (if (pair? forms)
           (begin
             (eval (car forms) environment)
             (loop (cdr forms))))))))

(define (exit . status)
  (%rewind '())
  (%apply %exit status))
