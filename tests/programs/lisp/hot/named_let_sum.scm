(write (let loop ((i 0) (s 0)) (if (= i 500) s (loop (+ i 1) (+ s i))))) (newline) ; expect: 124750
