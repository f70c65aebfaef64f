(write #\nonsense) ; expect syntax error:
