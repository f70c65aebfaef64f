(define p (open-input-string "x"))
(close-port p)
(read-char p) ; expect error:
