;;; The metacircular evaluator: Scheme in Scheme. It evaluates quoted programs, its own source among them.
;;;
;;; An environment is a list of frames, each a pair of names and values; the empty one is that of the global variables.
;;; Where `merge-point!` is known it tells the tracing compiler which procedure is being applied, so that loops of the
;;; evaluated program are found. On other Schemes it is to be defined as the identity.

(define (m-eval expr env)
  (cond ((symbol? expr) (m-lookup expr env))
        ((not (pair? expr)) expr)
        (else
         (case (car expr)
           ((quote) (cadr expr))
           ((if)
            (if (m-eval (cadr expr) env)
                (m-eval (caddr expr) env)
                (if (pair? (cdddr expr)) (m-eval (cadddr expr) env) #f)))
           ((define)
            (if (pair? (cadr expr))
                (m-define! (car (cadr expr)) (m-closure expr env) env)
                (m-define! (cadr expr) (m-eval (caddr expr) env) env)))
           ((set!) (m-set! (cadr expr) (m-eval (caddr expr) env) env))
           ((lambda) (m-closure expr env))
           ((begin) (m-sequence (cdr expr) env))
           ((let)
            (if (symbol? (cadr expr))
                (m-named-let expr env)
                (m-sequence (cddr expr)
                            (m-extend (m-names (cadr expr)) (m-inits (cadr expr) env) env))))
           ((cond) (m-cond (cdr expr) env))
           ((case) (m-case (m-eval (cadr expr) env) (cddr expr) env))
           ((and) (m-and (cdr expr) env))
           ((or) (m-or (cdr expr) env))
           ((merge-point!) (merge-point! (m-eval (cadr expr) env)))
           (else
            (m-apply (m-eval (car expr) env) (m-each (cdr expr) env)))))))

(define (m-each exprs env)
  (if (pair? exprs)
      (let ((first (m-eval (car exprs) env)))
        (cons first (m-each (cdr exprs) env)))
      '()))

(define (m-sequence exprs env)
  (if (pair? (cdr exprs))
      (begin
        (m-eval (car exprs) env)
        (m-sequence (cdr exprs) env))
      (m-eval (car exprs) env)))

(define (m-cond clauses env)
  (if (pair? clauses)
      (let ((clause (car clauses)))
        (if (eq? (car clause) 'else)
            (m-sequence (cdr clause) env)
            (let ((value (m-eval (car clause) env)))
              (if value
                  (if (pair? (cdr clause)) (m-sequence (cdr clause) env) value)
                  (m-cond (cdr clauses) env)))))
      #f))

(define (m-case key clauses env)
  (if (pair? clauses)
      (let ((clause (car clauses)))
        (if (or (eq? (car clause) 'else) (memv key (car clause)))
            (m-sequence (cdr clause) env)
            (m-case key (cdr clauses) env)))
      #f))

(define (m-and exprs env)
  (cond ((null? exprs) #t)
        ((null? (cdr exprs)) (m-eval (car exprs) env))
        ((m-eval (car exprs) env) (m-and (cdr exprs) env))
        (else #f)))

(define (m-or exprs env)
  (cond ((null? exprs) #f)
        ((null? (cdr exprs)) (m-eval (car exprs) env))
        (else (or (m-eval (car exprs) env) (m-or (cdr exprs) env)))))

;; The names and values of bindings.
(define (m-names bindings)
  (if (pair? bindings)
      (cons (car (car bindings)) (m-names (cdr bindings)))
      '()))

(define (m-inits bindings env)
  (if (pair? bindings)
      (let ((first (m-eval (cadr (car bindings)) env)))
        (cons first (m-inits (cdr bindings) env)))
      '()))

(define (m-named-let expr env)
  (let ((values (m-inits (caddr expr) env))
        (inner (m-extend (list (cadr expr)) (list #f) env)))
    (let ((procedure (m-closure expr inner)))
      (set-car! (cdr (car inner)) procedure)
      (m-apply procedure values))))

;;; Procedures: those of the program are tagged vectors with the form that made them, a lambda, a definition or a named let; all
;;; others are those of the Scheme below.

(define m-tag (list 'procedure))
(define (m-closure form env) (vector m-tag form env))

(define (m-closure? x)
  (and (vector? x) (= (vector-length x) 3) (eq? (vector-ref x 0) m-tag)))

(define (m-params form)
  (case (car form)
    ((lambda) (cadr form))
    ((define) (cdr (cadr form)))
    (else (m-names (caddr form)))))

(define (m-body form)
  (if (eq? (car form) 'let) (cdddr form) (cddr form)))

(define (m-apply procedure arguments)
  (if (m-closure? procedure)
      (let ((form (vector-ref procedure 1)))
        (merge-point! form)
        (let ((params (m-params form)))
          (m-sequence (m-body form)
                      (m-extend params
                                (m-bind params arguments)
                                (vector-ref procedure 2)))))
      (apply procedure arguments)))

;; The values of a frame with these names, the last of which may be that of the rest.
(define (m-bind params arguments)
  (cond ((pair? params)
         (if (pair? arguments)
             (cons (car arguments) (m-bind (cdr params) (cdr arguments)))
             (error "too few arguments for" params)))
        ((not (null? params)) (list arguments))
        ((null? arguments) '())
        (else (error "too many arguments" arguments))))

;;; Environments.

(define (m-extend names values env) (cons (cons names values) env))

(define (m-lookup name env)
  (let frames ((env env))
    (if (pair? env)
        (let search ((names (car (car env))) (values (cdr (car env))))
          (cond ((pair? names)
                 (if (eq? (car names) name)
                     (car values)
                     (search (cdr names) (cdr values))))
                ((eq? names name) (car values))
                (else (frames (cdr env)))))
        (cdr (m-binding name)))))

(define (m-set! name value env)
  (let frames ((env env))
    (if (pair? env)
        (let search ((names (car (car env))) (values (cdr (car env))))
          (cond ((pair? names)
                 (if (eq? (car names) name)
                     (set-car! values value)
                     (search (cdr names) (cdr values))))
                ((eq? names name) (set-car! values value))
                (else (frames (cdr env)))))
        (set-cdr! (m-binding name) value))))

(define (m-define! name value env)
  (if (pair? env)
      (let ((frame (car env)))
        (let search ((names (car frame)) (values (cdr frame)))
          (cond ((not (pair? names))
                 (set-car! frame (cons name (car frame)))
                 (set-cdr! frame (cons value (cdr frame))))
                ((eq? (car names) name) (set-car! values value))
                (else (search (cdr names) (cdr values))))))
      (let ((binding (assq name (cdr m-globals))))
        (if binding
            (set-cdr! binding value)
            (set-cdr! m-globals (cons (cons name value) (cdr m-globals)))))))

(define (m-binding name)
  (or (assq name (cdr m-globals)) (error "the variable has no value:" name)))

;; The global variables: a name and a value each. At first those that every program has.
(define m-globals
  (list 'globals
        (cons 'car car) (cons 'cdr cdr) (cons 'cons cons) (cons 'list list) (cons 'append append)
        (cons 'set-car! set-car!) (cons 'set-cdr! set-cdr!)
        (cons 'caar caar) (cons 'cadr cadr) (cons 'cddr cddr)
        (cons 'caddr caddr) (cons 'cdddr cdddr) (cons 'cadddr cadddr)
        (cons 'pair? pair?) (cons 'null? null?) (cons 'symbol? symbol?) (cons 'vector? vector?)
        (cons 'eq? eq?) (cons 'eqv? eqv?) (cons 'equal? equal?) (cons 'not not)
        (cons 'memv memv) (cons 'assq assq) (cons 'length length) (cons 'reverse reverse)
        (cons '+ +) (cons '- -) (cons '* *) (cons '= =)
        (cons '< <) (cons '> >) (cons '<= <=) (cons '>= >=) (cons 'zero? zero?)
        (cons 'quotient quotient) (cons 'remainder remainder) (cons 'modulo modulo)
        (cons 'vector vector) (cons 'make-vector make-vector) (cons 'vector-ref vector-ref)
        (cons 'vector-set! vector-set!) (cons 'vector-length vector-length)
        (cons 'display display) (cons 'newline newline) (cons 'write write) (cons 'error error)
        (cons 'apply (lambda (procedure arguments) (m-apply procedure arguments)))
        (cons 'map (lambda (f items) (m-map f items)))
        (cons 'for-each (lambda (f items) (m-for-each f items)))
        (cons 'procedure? (lambda (x) (or (procedure? x) (m-closure? x))))
        (cons 'memq memq) (cons 'member member) (cons 'assv assv) (cons 'assoc assoc)
        (cons 'list? list?) (cons 'list-ref list-ref) (cons 'list-tail list-tail)
        (cons 'number? number?) (cons 'integer? integer?) (cons 'boolean? boolean?)
        (cons 'even? even?) (cons 'odd? odd?) (cons 'positive? positive?) (cons 'negative? negative?)
        (cons 'abs abs) (cons 'min min) (cons 'max max) (cons 'gcd gcd) (cons '/ /)
        (cons 'string? string?) (cons 'char? char?) (cons 'char=? char=?)
        (cons 'string-length string-length) (cons 'string-ref string-ref)
        (cons 'string=? string=?) (cons 'string<? string<?)
        (cons 'string-append string-append) (cons 'substring substring)
        (cons 'number->string number->string) (cons 'string->number string->number)
        (cons 'symbol->string symbol->string) (cons 'string->symbol string->symbol)
        (cons 'list->vector list->vector) (cons 'vector->list vector->list)
        (cons 'read read) (cons 'eof-object? eof-object?) (cons 'exit exit)))

(define (m-map f items)
  (if (pair? items)
      (let ((first (m-apply f (list (car items)))))
        (cons first (m-map f (cdr items))))
      '()))

(define (m-for-each f items)
  (if (pair? items)
      (begin
        (m-apply f (list (car items)))
        (m-for-each f (cdr items)))
      #t))

;; Evaluates forms one after the other: the value of the last one.
(define (m-run forms)
  (cond ((null? forms) #f)
        ((null? (cdr forms)) (m-eval (car forms) '()))
        (else
         (m-eval (car forms) '())
         (m-run (cdr forms)))))

;;; Its read-eval-print loop: `(m-repl)` reads forms until the input ends. An error is reported, and the next form is read.

(define m-nothing (if #f #f))

(define (m-show value)
  (cond ((eq? value m-nothing) value)
        ((m-closure? value) (display "#<procedure ") (display (m-title (vector-ref value 1)))
                            (display ">") (newline))
        (else (write value) (newline))))

;; What a procedure is called that this form made.
(define (m-title form)
  (case (car form)
    ((lambda) "without a name")
    ((define) (car (cadr form)))
    (else (cadr form))))

(define (m-report condition)
  (display "error: ")
  (if (error-object? condition)
      (begin
        (display (error-object-message condition))
        (m-for-each (lambda (irritant) (display " ") (write irritant))
                    (error-object-irritants condition)))
      (write condition))
  (newline)
  m-nothing)

;; The value of a form; nothing, if its error is reported.
(define (m-try form)
  (call-with-current-continuation
   (lambda (return)
     (with-exception-handler
      (lambda (condition) (return (m-report condition)))
      (lambda () (m-eval form '()))))))

(define (m-repl)
  (display "m> ")
  (let ((form (read)))
    (if (eof-object? form)
        (newline)
        (begin
          (m-show (m-try form))
          (m-repl)))))
