(dynamic-wind (lambda () #f) (lambda () (exit 3)) (lambda () (display "out") (newline))) ; expect status: 3
; expect: out
