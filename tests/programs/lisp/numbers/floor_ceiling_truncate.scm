(write (map floor '(-4.3 3.5 -7/2))) (newline) ; expect: (-5.0 3.0 -4)
(write (map ceiling '(-4.3 3.5 -7/2))) (newline) ; expect: (-4.0 4.0 -3)
(write (map truncate '(-4.3 3.5 -7/2))) (newline) ; expect: (-4.0 3.0 -3)
