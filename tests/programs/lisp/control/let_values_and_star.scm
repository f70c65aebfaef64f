(let-values (((a b) (values 1 2)) ((c . d) (values 3 4 5)) (e (values 6))) (write (list a b c d e)) (newline)) ; expect: (1 2 3 (4 5) (6))
(let*-values (((a b) (values 1 2)) ((c) (values (+ a b)))) (write c) (newline)) ; expect: 3
