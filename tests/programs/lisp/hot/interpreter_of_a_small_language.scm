(define (ev e env) (cond ((symbol? e) (cdr (assq e env))) ((pair? e) (case (car e) ((add) (+ (ev (cadr e) env) (ev (caddr e) env))) ((if0) (if (= 0 (ev (cadr e) env)) (ev (caddr e) env) (ev (cadddr e) env))) (else 'bad))) (else e)))
(define (f i s) (if (= i 60) s (f (+ i 1) (+ s (ev '(if0 x 100 (add x (add y 1))) (list (cons 'x (modulo i 3)) (cons 'y 10)))))))
(write (f 0 0)) (newline) ; expect: 2500
