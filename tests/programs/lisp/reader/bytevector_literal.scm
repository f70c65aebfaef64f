(write #u8(0 16 #xff)) (newline) ; expect: #u8(0 16 255)
