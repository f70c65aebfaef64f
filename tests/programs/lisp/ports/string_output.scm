(define p (open-output-string))
(write 'a p) (display "b" p) (write-char #\c p) (write-string "xdefx" p 1 4) (newline p)
(write (get-output-string p)) (newline) ; expect: "abcdef\n"
