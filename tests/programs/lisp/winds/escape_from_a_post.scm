(write (call/cc (lambda (k) (dynamic-wind (lambda () #f) (lambda () 'body) (lambda () (k 'post)))))) (newline) ; expect: post
