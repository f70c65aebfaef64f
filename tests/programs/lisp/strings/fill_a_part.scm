(define s (string-copy "abcdef"))
(string-fill! s #\- 2 4)
(write s) (newline) ; expect: "ab--ef"
