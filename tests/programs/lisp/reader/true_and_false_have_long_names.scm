(write (list #true #false #t #f)) (newline) ; expect: (#t #f #t #f)
