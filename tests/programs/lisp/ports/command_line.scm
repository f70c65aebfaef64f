; args: one two
(import (scheme base) (scheme write) (scheme process-context))
(write (cdr (command-line))) (newline) ; expect: ("one" "two")
