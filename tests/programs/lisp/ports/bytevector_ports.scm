(define p (open-output-bytevector))
(write-u8 1 p) (write-bytevector #u8(2 3 4) p 1)
(write (get-output-bytevector p)) (newline) ; expect: #u8(1 3 4)
(define q (open-input-bytevector #u8(5 6 7)))
(write (peek-u8 q)) (write (read-u8 q)) (write (read-bytevector 5 q)) (newline) ; expect: 55#u8(6 7)
(write (eof-object? (read-u8 q))) (newline) ; expect: #t
