(write (list (substring "hello" 1 3) (string-copy "hello" 2) (string-copy "hello" 1 2))) (newline) ; expect: ("el" "llo" "e")
