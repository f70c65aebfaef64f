(write '(#7# 1)) ; expect syntax error:
