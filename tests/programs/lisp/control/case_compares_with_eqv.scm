(write (map (lambda (x) (case x ((1 2) 'few) ((a b) 'letter) ((#\x) 'char) (else 'other))) '(2 b #\x 2.0)))
(newline) ; expect: (few letter char other)
