; Reading a datum takes no longer because much follows it.
(define text
  (call-with-output-string
    (lambda (out)
      (do ((i 0 (+ i 1))) ((= i 20000))
        (write (list i "s\x3bb; t" #\a 1.5) out)
        (if (= 0 (modulo i 1000)) (write (make-string 2000 #\b) out))
        (newline out)))))
(define (read-all port)
  (let loop ((count 0) (sum 0) (chars 0))
    (let ((datum (read port)))
      (cond ((eof-object? datum) (list count sum chars))
            ((pair? datum) (loop (+ count 1) (+ sum (car datum)) chars))
            (else (loop (+ count 1) sum (+ chars (string-length datum))))))))
(write (read-all (open-input-string text))) (newline) ; expect: (20020 199990000 40000)
