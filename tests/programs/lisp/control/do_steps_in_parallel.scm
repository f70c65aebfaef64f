(write (do ((a 0 (+ a 1)) (b 10 (- b a)) (v '() (cons b v))) ((= a 4) v))) (newline) ; expect: (7 9 10 10)
