; What is no index is none although it is a whole number, and what ends like no list is none.
(define (try name thunk)
  (write name)
  (display ": ")
  (display (guard (e ((error-object? e) (error-object-message e))) (thunk)))
  (newline))
(try 'vector-ref (lambda () (vector-ref (vector 1 2) 1.)))          ; expect: vector-ref: vector-ref: an index is wanted, not a number:
(try 'string-ref (lambda () (string-ref "ab" 1.)))                  ; expect: string-ref: string-ref: an index is wanted, not a number:
(try 'list-tail (lambda () (list-tail '(1 2) 1.)))                  ; expect: list-tail: list-tail: an index is wanted, not a number:
(try 'make-vector (lambda () (make-vector 2.)))                     ; expect: make-vector: make-vector: an index is wanted, not a number:
(try 'integer->char (lambda () (integer->char 65.)))                ; expect: integer->char: integer->char: an index is wanted, not a number:
(try 'map (lambda () (map car 5)))                                  ; expect: map: map: a list is wanted, not a number:
(try 'map2 (lambda () (map + '(1 2) 3)))                            ; expect: map2: map: a list is wanted, not a number:
(try 'map3 (lambda () (map - '(1 2 . 3))))                          ; expect: map3: map: a list is wanted, not a number:
(try 'for-each (lambda () (for-each car '((1) . x))))               ; expect: for-each: for-each: a list is wanted, not a symbol:
(try 'member (lambda () (member 1 '() 2)))                          ; expect: member: member: a procedure is wanted, not
(try 'assoc (lambda () (assoc 1 '() 2)))                            ; expect: assoc: assoc: a procedure is wanted, not
(try 'string (lambda () (string 65)))                               ; expect: string: string: a character is wanted, not a number:
(try 'boolean=? (lambda () (boolean=? #t)))                         ; expect: boolean=?: boolean=? takes at least 2 arguments, not 1
(try 'read-string (lambda () (read-string 0 'port)))                ; expect: read-string: read-string: a port is wanted, not a symbol:
(try 'char-ready? (lambda () (char-ready? 1)))                      ; expect: char-ready?: char-ready?: a port is wanted, not a number:
(try 'newline (lambda () (newline 1 2)))                            ; expect: newline: newline takes 0 or 1 arguments, not 2
(try 'make-parameter (lambda () (make-parameter 1 car 2)))          ; expect: make-parameter: make-parameter takes 1 to 2 arguments
(try 'circular (lambda () (map + '(1 2) '#0=(3 . #0#))))            ; expect: circular: (4 5)
