; Libraries: renaming exports, private names, import sets.
(define-library (my counter)
  (export make (rename next! step!))
  (import (scheme base))
  (begin
    (define hidden 0)
    (define (make) (vector 0))
    (define (next! c) (set! hidden (+ hidden 1)) (vector-set! c 0 (+ 1 (vector-ref c 0))) (vector-ref c 0))))
(import (scheme base) (scheme write) (prefix (only (my counter) make step!) c:))
(define c (c:make))
(c:step! c)
(write (c:step! c)) (newline) ; expect: 2
(define hidden 'mine)
(write hidden) (newline) ; expect: mine
