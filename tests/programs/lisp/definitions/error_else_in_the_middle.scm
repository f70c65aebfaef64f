(cond (else 1) (#t 2)) ; expect syntax error:
