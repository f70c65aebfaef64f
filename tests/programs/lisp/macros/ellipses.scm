; Nested ellipses, tails behind an ellipsis, custom and escaped ellipses, vectors, literals.
(define-syntax my-let*
  (syntax-rules () ((_ ((n v) ...) (w ... last)) '((n ...) (v ...) last (w ...)))))
(write (my-let* ((a 1) (b 2)) (x y z))) (newline) ; expect: ((a b) (1 2) z (x y))
(define-syntax flat (syntax-rules () ((_ (a b ...) ...) '(a ... (b ... ...)))))
(write (flat (1 2 3) (4) (5 6))) (newline) ; expect: (1 4 5 (2 3 6))
(define-syntax be-like-begin
  (syntax-rules () ((_ name) (define-syntax name (syntax-rules () ((_ e (... ...)) (begin e (... ...))))))))
(be-like-begin sequence)
(write (sequence 1 2 3 4)) (newline) ; expect: 4
(define-syntax tail (syntax-rules ::: () ((_ x ::: last) '(last x :::))))
(write (tail 1 2 3)) (newline) ; expect: (3 1 2)
(define-syntax vec (syntax-rules () ((_ #(a b ...)) '(a #(b ...)))))
(write (vec #(1 2 3))) (newline) ; expect: (1 #(2 3))
(define-syntax arrow (syntax-rules (=>) ((_ a => b) '(arrow a b)) ((_ a b c) '(three a b c))))
(write (arrow 1 => 2)) (newline) ; expect: (arrow 1 2)
(write (let ((=> 0)) (arrow 1 => 2))) (newline) ; expect: (three 1 => 2)
