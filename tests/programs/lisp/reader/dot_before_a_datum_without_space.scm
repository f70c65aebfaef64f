(write '(a .(b))) (newline) ; expect: (a b)
