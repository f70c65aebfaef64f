; Records: constructor with some fields, predicate, modifiers, another type's record.
(define-record-type point (make-point x y) point? (x point-x set-point-x!) (y point-y) (z point-z))
(define p (make-point 1 2))
(set-point-x! p 10)
(write (list (point-x p) (point-y p) (point? p) (point? 5))) (newline) ; expect: (10 2 #t #f)
(define-record-type other (make-other a) other? (a other-a))
(write (point? (make-other 1))) (newline) ; expect: #f
(write (guard (e (#t 'wrong)) (point-x (make-other 1)))) (newline) ; expect: wrong
