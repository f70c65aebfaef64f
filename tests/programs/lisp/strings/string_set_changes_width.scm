(define s (make-string 3 #\a))
(string-set! s 1 #\λ)
(string-set! s 2 #\𝄞)
(write (list s (string-length s))) (newline) ; expect: ("aλ𝄞" 3)
