;;; SRFI 141: five more families of division, and those of R7RS. A family is told by how it rounds the exact quotient.
(define-library (srfi 141)
  (export ceiling/ ceiling-quotient ceiling-remainder round/ round-quotient round-remainder
          euclidean/ euclidean-quotient euclidean-remainder balanced/ balanced-quotient balanced-remainder
          floor/ floor-quotient floor-remainder truncate/ truncate-quotient truncate-remainder)
  (import (scheme base))
  (begin
    (define-syntax define-family
      (syntax-rules ()
        ((_ (both quotient remainder) (n d q r) adjusted)
         (begin
           (define (quotient n d)
             (let* ((q (floor-quotient n d)) (r (- n (* d q)))) adjusted))
           (define (remainder n d) (- n (* d (quotient n d))))
           (define (both n d)
             (let ((q (quotient n d))) (values q (- n (* d q)))))))))

    ;; q is the floor of the quotient, and r what is left then: it has the sign of d.
    (define-family (ceiling/ ceiling-quotient ceiling-remainder) (n d q r)
      (if (zero? r) q (+ q 1)))

    (define-family (round/ round-quotient round-remainder) (n d q r)
      (let ((twice (* 2 (abs r))) (whole (abs d)))
        (cond ((< twice whole) q)
              ((> twice whole) (+ q 1))
              ((even? q) q)
              (else (+ q 1)))))

    (define-family (euclidean/ euclidean-quotient euclidean-remainder) (n d q r)
      (if (negative? r) (+ q 1) q))

    (define-family (balanced/ balanced-quotient balanced-remainder) (n d q r)
      (let ((twice (* 2 (abs r))) (whole (abs d)))
        (cond ((< twice whole) q)
              ((> twice whole) (+ q 1))
              ((positive? d) (+ q 1))
              (else q))))))
