; and, or, cond, case, when, unless, let, begin, do and apply keep calls in tail position.
(define (count n)
  (cond ((= n 0) 'done)
        (else
         (let ((m (- n 1)))
           (case (modulo m 6)
             ((0) (and #t (count m)))
             ((1) (or #f (count m)))
             ((2) (when #t (count m)))
             ((3) (unless #f (begin (count m))))
             ((4) (do () (#t (count m))))
             (else (apply count (list m))))))))
(display (count 200000)) (newline) ; expect: done
; skip stress: there are too many calls to collect at each
