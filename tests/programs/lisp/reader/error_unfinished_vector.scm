(write 1)
#(1 2 ; expect syntax error: not finished
