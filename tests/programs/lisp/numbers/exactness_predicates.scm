(write (list (exact? 1/2) (inexact? 1.) (exact-integer? 5) (exact-integer? 5.))) (newline) ; expect: (#t #t #t #f)
