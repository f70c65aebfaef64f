(bytevector-u8-set! (make-bytevector 1 0) 0 256) ; expect error: bytevector-u8-set!
