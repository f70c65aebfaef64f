(write (map string->number '("100" "1e2" "#xff" "1/2" "abc" "" "-" "1.5.2"))) (newline) ; expect: (100 100.0 255 1/2 #f #f #f #f)
(write (string->number "100" 16)) (newline) ; expect: 256
