(define s (string-copy "abcdef"))
(string-copy! s 1 s 0 4)
(write s) (newline) ; expect: "aabcdf"
