;;; The metacircular evaluator: Scheme in Scheme. It evaluates quoted programs, its own source among them.
;;;
;;; Environments are lists of frames; a frame is a pair of a list of names and a list of values. Where `merge-point!` is known it
;;; tells the tracing compiler which expression is being evaluated, so that loops of the evaluated program are found; it means
;;; nothing otherwise.

(define (m-eval expr env)
  (merge-point! expr)
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
                (m-define! (car (cadr expr))
                           (m-closure (cdr (cadr expr)) (cddr expr) env)
                           env)
                (m-define! (cadr expr) (m-eval (caddr expr) env) env)))
           ((set!) (m-set! (cadr expr) (m-eval (caddr expr) env) env))
           ((lambda) (m-closure (cadr expr) (cddr expr) env))
           ((begin) (m-sequence (cdr expr) env))
           ((let)
            (if (symbol? (cadr expr))
                (m-named-let (cadr expr) (caddr expr) (cdddr expr) env)
                (m-sequence (cddr expr)
                            (m-extend (map car (cadr expr))
                                      (m-each (map cadr (cadr expr)) env)
                                      env))))
           ((cond) (m-cond (cdr expr) env))
           ((case) (m-case (m-eval (cadr expr) env) (cddr expr) env))
           ((and) (m-and (cdr expr) env))
           ((or) (m-or (cdr expr) env))
           ((merge-point!) #f)
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

(define (m-named-let name bindings body env)
  (let ((values (m-each (map cadr bindings) env))
        (inner (m-extend (list name) (list #f) env)))
    (let ((procedure (m-closure (map car bindings) body inner)))
      (set-car! (cdr (car inner)) procedure)
      (m-apply procedure values))))

;;; Procedures: those of the program are tagged vectors, all others are those of the Scheme below.

(define m-tag (list 'procedure))
(define (m-closure params body env) (vector m-tag params body env))

(define (m-closure? x)
  (and (vector? x) (= (vector-length x) 4) (eq? (vector-ref x 0) m-tag)))

(define (m-apply procedure arguments)
  (if (m-closure? procedure)
      (m-sequence (vector-ref procedure 2)
                  (m-bind (vector-ref procedure 1) arguments (vector-ref procedure 3)))
      (apply procedure arguments)))

(define (m-bind params arguments env)
  (let loop ((p params) (a arguments) (names '()) (values '()))
    (cond ((pair? p)
           (if (pair? a)
               (loop (cdr p) (cdr a) (cons (car p) names) (cons (car a) values))
               (error "too few arguments for" params)))
          ((null? p)
           (if (null? a)
               (m-extend names values env)
               (error "too many arguments for" params)))
          (else (m-extend (cons p names) (cons a values) env)))))

;;; Environments.

(define (m-extend names values env) (cons (cons names values) env))

(define (m-place name env)
  (let frames ((env env))
    (if (pair? env)
        (let search ((names (car (car env))) (values (cdr (car env))))
          (cond ((null? names) (frames (cdr env)))
                ((eq? (car names) name) values)
                (else (search (cdr names) (cdr values)))))
        #f)))

(define (m-lookup name env)
  (let ((place (m-place name env)))
    (if place (car place) (error "the variable has no value:" name))))

(define (m-set! name value env)
  (let ((place (m-place name env)))
    (if place (set-car! place value) (error "the variable has no value:" name))))

(define (m-define! name value env)
  (let ((frame (car env)))
    (let search ((names (car frame)) (values (cdr frame)))
      (cond ((null? names)
             (set-car! frame (cons name (car frame)))
             (set-cdr! frame (cons value (cdr frame))))
            ((eq? (car names) name) (set-car! values value))
            (else (search (cdr names) (cdr values)))))))

;; What every program has.
(define (m-environment)
  (m-extend
   '(car cdr cons set-car! set-cdr! cadr cddr caddr cdddr cadddr pair? null? list symbol? eq? eqv?
     equal? not memv map apply error vector vector? vector-ref vector-length + - * < = > quotient
     remainder modulo display newline write)
   (list car cdr cons set-car! set-cdr! cadr cddr caddr cdddr cadddr pair? null? list symbol? eq? eqv?
         equal? not memv
         (lambda (f items)
           (let loop ((items items))
             (if (pair? items)
                 (let ((first (m-apply f (list (car items)))))
                   (cons first (loop (cdr items))))
                 '())))
         m-apply error vector vector? vector-ref vector-length + - * < = > quotient
         remainder modulo display newline write)
   '()))

;; Evaluates forms one after the other: the value of the last one.
(define (m-run forms)
  (let ((env (m-environment)))
    (let loop ((forms forms))
      (if (pair? (cdr forms))
          (begin
            (m-eval (car forms) env)
            (loop (cdr forms)))
          (m-eval (car forms) env)))))
