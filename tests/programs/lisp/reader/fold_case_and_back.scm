#!fold-case
(write 'HELLO) (newline) ; expect: hello
#!no-fold-case
(write 'HELLO) (newline) ; expect: HELLO
