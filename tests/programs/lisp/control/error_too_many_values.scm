(let-values (((a b) (values 1 2 3))) a) ; expect error:
