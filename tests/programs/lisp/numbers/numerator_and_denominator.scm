(write (list (numerator 6/4) (denominator 6/4) (denominator 0) (denominator 0.5))) (newline) ; expect: (3 2 1 2.0)
