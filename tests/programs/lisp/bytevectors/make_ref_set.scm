(define b (make-bytevector 3 7))
(bytevector-u8-set! b 1 255)
(write (list b (bytevector-u8-ref b 1) (bytevector-length b) (bytevector? b))) (newline) ; expect: (#u8(7 255 7) 255 3 #t)
