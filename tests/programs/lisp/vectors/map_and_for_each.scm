(write (vector-map + #(1 2 3) #(10 20))) (newline) ; expect: #(11 22)
(vector-for-each (lambda (x) (write x)) #(1 2 3)) (newline) ; expect: 123
