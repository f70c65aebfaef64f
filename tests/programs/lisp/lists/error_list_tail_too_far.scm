(list-tail '(1 2) 3) ; expect error: list-tail
