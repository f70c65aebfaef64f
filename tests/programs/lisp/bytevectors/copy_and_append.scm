(write (list (bytevector-copy #u8(1 2 3) 1) (bytevector-append #u8(1) #u8(2)) (bytevector 1 2))) (newline) ; expect: (#u8(2 3) #u8(1 2) #u8(1 2))
