(bytevector-u8-ref (bytevector 1 2) 2) ; expect error: bytevector-u8-ref: out of range: 2
