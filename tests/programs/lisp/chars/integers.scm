(write (list (char->integer #\A) (integer->char 955) (char->integer #\x10ffff))) (newline) ; expect: (65 #\λ 1114111)
