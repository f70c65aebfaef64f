(import (scheme base) (scheme write) (prefix (only (scheme char) char-upcase) c:) (rename (only (scheme cxr) caddr) (caddr third)))
(write (list (c:char-upcase #\a) (third '(1 2 3)))) (newline) ; expect: (#\A 3)
