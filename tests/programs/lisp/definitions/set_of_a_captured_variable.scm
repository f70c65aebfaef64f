(define (make) (let ((n 0)) (list (lambda () (set! n (+ n 1)) n) (lambda () n))))
(define c (make)) (define d (make))
((car c)) ((car c)) ((car d))
(write (list ((cadr c)) ((cadr d)))) (newline) ; expect: (2 1)
