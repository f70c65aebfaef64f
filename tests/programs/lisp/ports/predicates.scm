(define p (open-input-string "x"))
(write (list (port? p) (input-port? p) (output-port? p) (textual-port? p) (input-port-open? p))) (newline) ; expect: (#t #t #f #t #t)
(close-port p)
(write (input-port-open? p)) (newline) ; expect: #f
