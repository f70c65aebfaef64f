(write #u8(1 256)) ; expect syntax error:
