(define b (bytevector 1 2 3 4 5))
(bytevector-copy! b 1 b 0 3)
(write b) (newline) ; expect: #u8(1 1 2 3 5)
