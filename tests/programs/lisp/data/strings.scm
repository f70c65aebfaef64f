; Strings are mutable, but literals are not; wide characters widen them.
(define s (make-string 3 #\a))
(string-set! s 1 #\λ)
(write (list s (string-length s) (string-ref s 1))) (newline) ; expect: ("aλa" 3 #\λ)
(write (guard (e (#t 'literal)) (string-set! "abc" 0 #\x))) (newline) ; expect: literal
(write (list (string-upcase "Straße") (string-append "a" "b" "c") (substring "hello" 1 3) (string->list "abc"))) (newline) ; expect: ("STRASSE" "abc" "el" (#\a #\b #\c))
(write (list (string<? "abc" "abd" "abe") (string-ci=? "ABC" "abc") (string->number "1e2") (symbol->string 'abc))) (newline) ; expect: (#t #t 100.0 "abc")
(write (string-map (lambda (a b) (if (char<? a b) a b)) "adc" "bbbz")) (newline) ; expect: "abb"
(write (utf8->string (bytevector-append (string->utf8 "λ") (bytevector 33)))) (newline) ; expect: "λ!"
