(write (list (inexact 1/4) (inexact 3) (inexact 1/3))) (newline) ; expect: (0.25 3.0 0.3333333333333333)
