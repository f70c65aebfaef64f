(define text (string-append (make-string 20000 #\() (make-string 20000 #\))))
(write (guard (e (#t 'too-deep)) (pair? (read (open-input-string text))))) (newline) ; expect: #t
