(write (case 5 ((1 2) 'no) ((5) => (lambda (x) (* x 2))) (else => list))) (newline) ; expect: 10
(write (case 9 ((1 2) 'no) (else => list))) (newline) ; expect: (9)
