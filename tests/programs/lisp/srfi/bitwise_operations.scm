(import (scheme base) (scheme write) (srfi 151))
(write (list (bitwise-and 12 10) (bitwise-ior 12 10) (bitwise-xor 12 10) (bitwise-not 5) (arithmetic-shift 1 70) (arithmetic-shift -8 -1) (bit-count 255))) (newline) ; expect: (8 14 6 -6 1180591620717411303424 -4 8)
