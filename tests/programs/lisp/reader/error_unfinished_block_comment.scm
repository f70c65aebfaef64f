(write 1)
#| never closed ; expect syntax error at ?:
