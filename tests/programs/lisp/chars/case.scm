(write (list (char-upcase #\a) (char-downcase #\Σ) (char-foldcase #\A) (char-upcase #\ß) (char-upper-case? #\A) (char-lower-case? #\A)))
(newline) ; expect: (#\A #\σ #\a #\ß #t #f)
