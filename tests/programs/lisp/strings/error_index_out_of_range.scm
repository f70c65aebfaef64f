(define (f s i) (string-ref s i))
(write (f "ab" 1)) (newline) ; expect: #\b
(f "ab" 2) ; expect error at 1: string-ref: out of range: 2
