(define x '(1 2))
(write `(a ,(car x) ,@x b)) (newline) ; expect: (a 1 1 2 b)
(write `(,@x . tail)) (newline) ; expect: (1 2 . tail)
