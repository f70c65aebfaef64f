(eval '(define zzz 5) (interaction-environment))
(write (eval '(+ zzz 1) (interaction-environment))) (newline) ; expect: 6
