(write (cond ((assv 'b '((a 1) (b 2))) => cadr) (else #f))) (newline) ; expect: 2
(write (cond ((+ 1 1)))) (newline) ; expect: 2
