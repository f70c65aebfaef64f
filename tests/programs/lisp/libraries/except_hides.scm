(import (except (scheme base) list) (scheme write))
(define (list . x) 'mine)
(write (list 1 2)) (newline) ; expect: mine
