(write (list (char<? #\a #\b #\c) (char=? #\a #\a) (char-ci=? #\a #\A) (char>? #\a #\b))) (newline) ; expect: (#t #t #t #f)
