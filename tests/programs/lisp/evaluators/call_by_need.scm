; An evaluator whose operands wait until they are asked for, and are asked for once.
(define (thunk e env) (vector 'waiting e env))
(define (forced v)
  (cond ((not (vector? v)) v)
        ((eq? (vector-ref v 0) 'known) (vector-ref v 1))
        (else
         (let ((value (strict (vector-ref v 1) (vector-ref v 2))))
           (vector-set! v 0 'known)
           (vector-set! v 1 value)
           (vector-set! v 2 false)
           value))))
(define (strict e env) (forced (lazy e env)))
(define (lazy e env)
  (cond ((symbol? e) (cdr (or (assq e env) (error "unbound:" e))))
        ((not (pair? e)) e)
        (else
         (case (car e)
           ((quote) (cadr e))
           ((if) (lazy ((if (strict (cadr e) env) caddr cadddr) e) env))
           ((lambda) (lambda (operands from)
                       (lazy (caddr e)
                             (append (map (lambda (p o) (cons p (thunk o from))) (cadr e) operands) env))))
           ((letrec)
            (let* ((slot (cons (car (cadr e)) false)) (inner (cons slot env)))
              (set-cdr! slot (thunk (cadr (cadr e)) inner))
              (lazy (caddr e) inner)))
           (else ((strict (car e) env) (cdr e) env))))))
(define count 0)
(define (primitive f) (lambda (operands env) (apply f (map (lambda (o) (strict o env)) operands))))
(define top
  (list (cons '+ (primitive +)) (cons '- (primitive -)) (cons '= (primitive =)) (cons '/ (primitive /))
        (cons 'tick (primitive (lambda () (set! count (+ count 1)) count)))
        (cons 'cons (lambda (operands env) (cons (thunk (car operands) env) (thunk (cadr operands) env))))
        (cons 'head (lambda (operands env) (car (strict (car operands) env))))
        (cons 'tail (lambda (operands env) (cdr (strict (car operands) env))))))
(define (run e) (strict e top))
(write (run '((lambda (a b) (if (= a 0) 1 b)) 0 (/ 1 0)))) (newline) ; expect: 1
(write (run '((lambda (x) (+ x (+ x x))) (tick)))) (newline) ; expect: 3
(write count) (newline) ; expect: 1
(write (run '(letrec (from (lambda (n) (cons n (from (+ n 1)))))
               (letrec (nth (lambda (s n) (if (= n 0) (head s) (nth (tail s) (- n 1)))))
                 (nth (from 0) 500))))) (newline) ; expect: 500
(define (integers n) (cons-stream n (integers (+ n 1))))
(write (stream-head (stream-tail (integers 1) 100) 3)) (newline) ; expect: (101 102 103)
(write (stream-pair? (stream-cdr (integers 1)))) (newline) ; expect: #t
