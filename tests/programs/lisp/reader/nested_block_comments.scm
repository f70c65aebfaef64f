(write '(1 #| a #| b |# c |# 2)) (newline) ; expect: (1 2)
