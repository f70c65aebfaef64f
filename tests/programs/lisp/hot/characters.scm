(define (caesar c) (integer->char (+ 97 (modulo (+ 3 (- (char->integer c) 97)) 26))))
(define (f s i) (if (= i 0) s (f (string-map caesar s) (- i 1))))
(write (f "scheme" 26)) (newline) ; expect: "scheme"
