(write '(. 1)) ; expect syntax error:
