(write '(+ - ... <=? a->b !$%&*/:<=>?^_~ +soup+ ->x)) (newline) ; expect: (+ - ... <=? a->b !$%&*/:<=>?^_~ +soup+ ->x)
