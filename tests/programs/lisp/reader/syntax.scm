; Comments, labels, escapes, bars, prefixes.
(write '(a #;(b c) d #| e #| f |# |# g)) (newline) ; expect: (a d g)
(write "a\x41;\tb\\") (newline) ; expect: "aA\tb\\"
(write '|hello world|) (newline) ; expect: |hello world|
(write '#0=(1 2 . #0#)) (newline) ; expect: #0=(1 2 . #0#)
(write (list #xff #b101 #e1.5 #i1/2 1e3 #\x41 #\space #\λ)) (newline) ; expect: (255 5 3/2 0.5 1000.0 #\A #\space #\λ)
(write '(quote a)) (write '`(b ,c ,@d)) (newline) ; expect: 'a`(b ,c ,@d)
(write #u8(1 2 255)) (newline) ; expect: #u8(1 2 255)
(write "line \
        one") (newline) ; expect: "line one"
#!fold-case
(write 'ABC) (newline) ; expect: abc
