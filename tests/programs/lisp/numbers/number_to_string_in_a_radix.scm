(write (list (number->string 255 16) (number->string -5 2) (number->string 1/3 3) (number->string 64 8))) (newline) ; expect: ("ff" "-101" "1/10" "100")
