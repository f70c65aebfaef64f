; An evaluator with success and failure continuations: every expression may have many values.
(define (amb-eval e env succeed fail)
  (cond ((symbol? e) (succeed (cdr (assq e env)) fail))
        ((not (pair? e)) (succeed e fail))
        (else
         (case (car e)
           ((quote) (succeed (cadr e) fail))
           ((if) (amb-eval (cadr e) env
                           (lambda (test fail)
                             (amb-eval (if test (caddr e) (cadddr e)) env succeed fail))
                           fail))
           ((let) (amb-eval (cadr (car (cadr e))) env
                            (lambda (value fail)
                              (amb-eval (caddr e) (cons (cons (caar (cadr e)) value) env) succeed fail))
                            fail))
           ((amb) (let try ((choices (cdr e)))
                    (if (null? choices)
                        (fail)
                        (amb-eval (car choices) env succeed (lambda () (try (cdr choices)))))))
           ((require) (amb-eval (cadr e) env
                                (lambda (value fail) (if value (succeed 'ok fail) (fail)))
                                fail))
           ((begin) (amb-eval (cadr e) env
                              (lambda (value fail)
                                (if (null? (cddr e))
                                    (succeed value fail)
                                    (amb-eval (cons 'begin (cddr e)) env succeed fail)))
                              fail))
           (else
            (let evaluate ((operands (cdr e)) (values '()) (fail fail))
              (if (null? operands)
                  (succeed (apply (cdr (assq (car e) env)) (reverse values)) fail)
                  (amb-eval (car operands) env
                            (lambda (value fail) (evaluate (cdr operands) (cons value values) fail))
                            fail))))))))
(define top (list (cons '+ +) (cons '* *) (cons '= =) (cons '< <) (cons 'list list)))
(define (all e)
  (let ((found '()))
    (amb-eval e top
              (lambda (value fail) (set! found (cons value found)) (fail))
              (lambda () (reverse found)))))
(define digits '(amb 1 2 3 4 5 6 7 8 9 10 11 12 13))
(write (all `(let ((a ,digits))
               (let ((b ,digits))
                 (let ((c ,digits))
                   (begin (require (< a b)) (require (= (+ (* a a) (* b b)) (* c c))) (list a b c))))))) (newline) ; expect: ((3 4 5) (5 12 13) (6 8 10))
