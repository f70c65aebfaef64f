(define a (string #\a))
(define b (string-append a))
(string-set! b 0 #\z)
(write (list a b)) (newline) ; expect: ("a" "z")
