(write (list (atan 1. 0.) (atan 0. -1.))) (newline) ; expect: (1.5707963267948966 3.141592653589793)
