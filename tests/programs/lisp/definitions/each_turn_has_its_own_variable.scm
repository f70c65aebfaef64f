(define procs (do ((i 0 (+ i 1)) (l '() (cons (lambda () i) l))) ((= i 3) (reverse l))))
(write (map (lambda (p) (p)) procs)) (newline) ; expect: (0 1 2)
