(write (list (gcd) (gcd 32 -36) (gcd 0 5) (lcm) (lcm 32 -36))) (newline) ; expect: (0 4 5 1 288)
