(write '|a b|) (newline) ; expect: |a b|
(write (symbol->string '|x\x41;y|)) (newline) ; expect: "xAy"
(write '||) (newline) ; expect: ||
