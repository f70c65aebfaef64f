; The pairs of a literal cannot be changed, in hot code either.
(define (change! list value) (set-car! list value))
(define mine (list 1 2))
(let loop ((i 0))
  (if (< i 200)
      (begin (change! mine i) (loop (+ i 1)))))
(write mine) (newline) ; expect: (199 2)
(define-syntax attempt
  (syntax-rules ()
    ((_ expr) (guard (e (#t (display (error-object-message e)) (newline))) expr))))
(attempt (set-car! '(1 2) 0))                          ; expect: set-car!: a pair that is no literal is wanted, not a pair:
(attempt (set-cdr! (cdr '(1 2)) 0))                    ; expect: set-cdr!: a pair that is no literal is wanted, not a pair:
(attempt (list-set! '(1 2) 1 0))                       ; expect: list-set!: a pair that is no literal is wanted, not a pair:
(attempt (apply set-car! (list '(a) 0)))               ; expect: set-car!: a pair that is no literal is wanted, not a pair:
(attempt (vector-set! #(1 2) 0 0))                     ; expect: vector-set!: a vector that is no literal is wanted, not a vector:
(attempt (vector-set! '#(a "b") 5 0))                  ; expect: vector-set!: a vector that is no literal is wanted, not a vector:
(attempt (vector-fill! '#(1 2) 0))                     ; expect: vector-fill!: a vector that is no literal is wanted, not a vector:
(attempt (vector-copy! '#(1 2) 0 #(3)))                ; expect: vector-copy!: a vector that is no literal is wanted, not a vector:
(attempt (bytevector-u8-set! #u8(1 2) 0 0))            ; expect: bytevector-u8-set!: a bytevector that is no literal is wanted, not a bytevector:
(attempt (string-set! "abc" 0 #\x))                    ; expect: string-set!: a string that is no literal is wanted, not a string:
(attempt (vector-set! (vector-ref '#(1 #(2)) 1) 0 0))  ; expect: vector-set!: a vector that is no literal is wanted, not a vector:
; Parts of a quasiquotation without holes are literals, others are not.
(define template `(a ,(+ 1 1)))
(set-car! template 'b)
(write template) (newline) ; expect: (b 2)
; What a program makes and evaluates is not changed by that.
(define data (list 1 2 3))
(eval (list 'quote data) (interaction-environment))
(set-car! data 'one)
(write data) (newline) ; expect: (one 2 3)
; Copies can be changed.
(define copy (list-copy '(1 2 3)))
(set-car! copy 'one)
(write copy) (newline) ; expect: (one 2 3)
(let ((v (vector-copy #(1 2 3)))) (vector-set! v 0 'x) (write v) (newline)) ; expect: #(x 2 3)
(change! '(1 2) 3) ; expect error at 2: set-car!: a pair that is no literal is wanted, not a pair: (1 2)
