(write (let outer ((i 0) (s 0)) (if (= i 15) s (outer (+ i 1) (let inner ((j 0) (s s)) (if (= j i) s (inner (+ j 1) (+ s (* i j))))))))) (newline) ; expect: 5005
