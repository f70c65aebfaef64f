(do ((i 0 (+ i 1))) ((= i 40)) (if (= 0 (modulo i 10)) (begin (write i) (display " "))))
(newline) ; expect: 0 10 20 30 
