; Assigned variables: in loops, in closures, and across continuations.
(define (sum n)
  (let ((s 0) (i 0))
    (let loop ()
      (if (< i n)
          (begin
            (set! s (+ s i))
            (set! i (+ i 1))
            (loop))
          s))))
(write (sum 1000)) (newline) ; expect: 499500
(define (swap a b) (let ((t a)) (set! a b) (set! b t) (list a b)))
(write (swap 1 2)) (newline) ; expect: (2 1)
(define (shared) (let ((n 0)) (let ((inc (lambda () (set! n (+ n 1))))) (inc) (inc) n)))
(write (shared)) (newline) ; expect: 2
(define (again)
  (let ((n 0) (k #f))
    (call/cc (lambda (c) (set! k c)))
    (set! n (+ n 1))
    (if (< n 5) (k #f))
    n))
(write (again)) (newline) ; expect: 5
(define (params a) (do ((i 0 (+ i 1))) ((= i 3) a) (set! a (* a 2))))
(write (params 5)) (newline) ; expect: 40
(define (turn-keeps-value)
  (let loop ((i 0) (all '()))
    (if (= i 3)
        (map (lambda (f) (f)) all)
        (let ((j i))
          (set! j (* j 10))
          (loop (+ i 1) (cons (lambda () j) all))))))
(write (turn-keeps-value)) (newline) ; expect: (20 10 0)
