(import (scheme base) (scheme write) (srfi 26))
(write (list ((cut - 10 <>) 3) ((cut list 1 <> 3 <...>) 2 4 5) (map (cut * 2 <>) '(1 2)))) (newline) ; expect: (7 (1 2 3 4 5) (2 4))
