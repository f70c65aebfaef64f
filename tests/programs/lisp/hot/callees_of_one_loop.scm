; One loop, and a recursion, that call what they are given: closures made anew, built-ins, continuations, parameters, several clauses,
; and more procedures than a loop is told apart by.
(define (each f list) (let loop ((l list) (n 0)) (if (null? l) n (begin (f (car l)) (loop (cdr l) (+ n 1))))))
(define (sum-of f list) (if (null? list) 0 (+ (f (car list)) (sum-of f (cdr list)))))
(define (compose-all f g list) (let loop ((l list) (r '())) (if (null? l) r (loop (cdr l) (cons (f (g (car l))) r)))))
(define numbers (iota 40))

(define total 0)
(define (add-times k) (lambda (x) (set! total (+ total (* k x)))))
(do ((k 0 (+ k 1))) ((= k 30)) (each (add-times k) numbers))
(write total) (newline) ; expect: 339300
(each (lambda (x) (set! total (- total x))) numbers)
(write total) (newline) ; expect: 338520

(define (sums k)
  (list (sum-of (lambda (x) (+ x k)) numbers) (sum-of - numbers) (sum-of car (map list numbers))
        (sum-of (case-lambda ((x) (* 2 x)) ((x y) 0)) numbers)))
(do ((k 0 (+ k 1))) ((= k 20)) (sums k))
(write (sums 1)) (newline) ; expect: (820 -780 780 1560)

(write (compose-all car list '(1 2 3))) (newline) ; expect: (3 2 1)
(write (compose-all - (lambda (x) (+ x 1)) '(1 2 3))) (newline) ; expect: (-4 -3 -2)
(define (again n) (if (> n 0) (begin (compose-all (lambda (x) (* x n)) 1+ numbers) (again (- n 1)))))
(again 20)
(write (apply + (compose-all (lambda (x) (* x 2)) 1+ numbers))) (newline) ; expect: 1640

; A continuation, and a parameter object.
(write (call/cc (lambda (k) (each k numbers)))) (newline) ; expect: 0
(define p (make-parameter 1))
(write (sum-of (lambda (x) (parameterize ((p x)) (p))) numbers)) (newline) ; expect: 780
(write (guard (e (#t 'wrong)) (each 5 numbers))) (newline) ; expect: wrong
(write (guard (e (#t 'arity)) (each (lambda () 1) numbers))) (newline) ; expect: arity
(write (guard (e ((number? e) e)) (sum-of (lambda (x) (if (= x 30) (raise x) x)) numbers))) (newline) ; expect: 30

; Every procedure has code of its own.
(define many
  (map (lambda (k) (eval (list 'lambda '(x) (list '+ 'x k)) (interaction-environment))) (iota 130)))
(write (map (lambda (f) (sum-of f '(1 2 3))) (list-tail many 126))) (newline) ; expect: (384 387 390 393)
(write (apply + (map (lambda (f) (sum-of f numbers)) many))) (newline) ; expect: 436800
(write (apply + (map (lambda (f) (sum-of f numbers)) many))) (newline) ; expect: 436800
(write (sums 2)) (newline) ; expect: (860 -780 780 1560)

; The library's.
(define (chain k)
  (list (fold-left + 0 (map (lambda (x) (+ x k)) (filter even? numbers)))
        (assoc 12.0 '((10 . a) (12 . b)) =)
        (member 3 '(1 2 3 4) (lambda (a b) (= a b)))
        (vector-map (lambda (x) (* x k)) #(1 2 3))
        (map + '(1 2 3) '(10 20 30))))
(do ((k 0 (+ k 1))) ((= k 30)) (chain k))
(write (chain 3)) (newline) ; expect: (440 (12 . b) (3 4) #(3 6 9) (11 22 33))
