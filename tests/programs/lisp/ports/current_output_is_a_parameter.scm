(define p (open-output-string))
(parameterize ((current-output-port p)) (display "hidden"))
(write (get-output-string p)) (newline) ; expect: "hidden"
