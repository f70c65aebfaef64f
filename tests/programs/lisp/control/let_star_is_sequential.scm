(write (let* ((x 1) (x (+ x 1)) (y (* x 10))) (list x y))) (newline) ; expect: (2 20)
