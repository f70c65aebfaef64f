(cond-expand (r7rs (write 'r7rs)) (else (write 'other)))
(cond-expand ((and (library (scheme base)) (not (library (no such)))) (write 'base)))
(cond-expand ((or no-such-feature full-unicode) (write 'unicode)) (else (write 'none)))
(newline) ; expect: r7rsbaseunicode
