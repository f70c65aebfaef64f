(write (call/cc (lambda (k) (string-for-each (lambda (c) (if (char=? c #\b) (k c))) "abc") 'none))) (newline) ; expect: #\b
