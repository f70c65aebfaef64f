(write (= 0 (* 0 1.5))) (newline) ; expect: #t
