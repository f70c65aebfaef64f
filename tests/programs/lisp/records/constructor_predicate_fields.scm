(define-record-type point (make-point x y) point? (x point-x set-point-x!) (y point-y))
(define p (make-point 3 4))
(set-point-x! p 5)
(write (list (point? p) (point? 5) (point-x p) (point-y p) (vector? p))) (newline) ; expect: (#t #f 5 4 #f)
