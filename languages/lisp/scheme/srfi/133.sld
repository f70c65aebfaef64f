;;; SRFI 133: vectors.

(define-library (srfi 133)
  (export
   vector-unfold vector-unfold-right vector-reverse-copy vector-concatenate
   vector-append-subvectors vector-empty? vector=
   vector-fold vector-fold-right vector-map! vector-count vector-cumulate
   vector-index vector-index-right vector-skip vector-skip-right vector-binary-search
   vector-any vector-every vector-partition
   vector-swap! vector-reverse! vector-reverse-copy! vector-unfold! vector-unfold-right!
   reverse-vector->list reverse-list->vector
   make-vector vector vector-copy vector-append vector? vector-ref vector-length
   vector-map vector-for-each vector-set! vector-fill! vector-copy!
   vector->list list->vector vector->string string->vector)
  (import (scheme base) (scheme case-lambda) (scheme cxr))
  (begin
    (define (shortest vectors) (apply min (map vector-length vectors)))
    (define (at vectors index) (map (lambda (vector) (vector-ref vector index)) vectors))

    (define (vector-unfold! f vector start end . seeds)
      (let loop ((index start) (seeds seeds))
        (if (< index end)
            (call-with-values (lambda () (apply f index seeds))
              (lambda (item . seeds)
                (vector-set! vector index item)
                (loop (+ index 1) seeds))))))

    (define (vector-unfold-right! f vector start end . seeds)
      (let loop ((index (- end 1)) (seeds seeds))
        (if (>= index start)
            (call-with-values (lambda () (apply f index seeds))
              (lambda (item . seeds)
                (vector-set! vector index item)
                (loop (- index 1) seeds))))))

    (define (vector-unfold f length . seeds)
      (let ((vector (make-vector length)))
        (apply vector-unfold! f vector 0 length seeds)
        vector))

    (define (vector-unfold-right f length . seeds)
      (let ((vector (make-vector length)))
        (apply vector-unfold-right! f vector 0 length seeds)
        vector))

    (define (vector-reverse-copy vector . range)
      (let ((copy (apply vector-copy vector range)))
        (vector-reverse! copy)
        copy))

    (define (vector-concatenate vectors) (apply vector-append vectors))

    (define (vector-append-subvectors . parts)
      (let loop ((parts parts) (result '()))
        (if (null? parts)
            (apply vector-append (reverse result))
            (loop (cdddr parts)
                  (cons (vector-copy (car parts) (cadr parts) (caddr parts)) result)))))

    (define (vector-empty? vector) (= 0 (vector-length vector)))

    (define (vector= same? . vectors)
      (define (two a b)
        (and (= (vector-length a) (vector-length b))
             (let loop ((index 0))
               (or (= index (vector-length a))
                   (and (same? (vector-ref a index) (vector-ref b index))
                        (loop (+ index 1)))))))
      (or (null? vectors)
          (let loop ((a (car vectors)) (rest (cdr vectors)))
            (or (null? rest)
                (and (two a (car rest)) (loop (car rest) (cdr rest)))))))

    (define (vector-fold f initial first . rest)
      (let ((vectors (cons first rest)))
        (let ((length (shortest vectors)))
          (let loop ((index 0) (result initial))
            (if (= index length)
                result
                (loop (+ index 1)
                      (if (null? rest)
                          (f result (vector-ref first index))
                          (apply f result (at vectors index)))))))))

    (define (vector-fold-right f initial first . rest)
      (let ((vectors (cons first rest)))
        (let loop ((index (- (shortest vectors) 1)) (result initial))
          (if (< index 0)
              result
              (loop (- index 1) (apply f result (at vectors index)))))))

    (define (vector-map! f first . rest)
      (let ((vectors (cons first rest)))
        (let ((length (shortest vectors)))
          (let loop ((index 0))
            (if (< index length)
                (begin
                  (vector-set! first index (apply f (at vectors index)))
                  (loop (+ index 1))))))))

    (define (vector-count keep? first . rest)
      (let ((vectors (cons first rest)))
        (let ((length (shortest vectors)))
          (let loop ((index 0) (count 0))
            (if (= index length)
                count
                (loop (+ index 1) (if (apply keep? (at vectors index)) (+ count 1) count)))))))

    (define (vector-cumulate f initial vector)
      (let* ((length (vector-length vector)) (result (make-vector length)))
        (let loop ((index 0) (sum initial))
          (if (= index length)
              result
              (let ((sum (f sum (vector-ref vector index))))
                (vector-set! result index sum)
                (loop (+ index 1) sum))))))

    (define (vector-index keep? first . rest)
      (let ((vectors (cons first rest)))
        (let ((length (shortest vectors)))
          (let loop ((index 0))
            (cond ((= index length) #f)
                  ((apply keep? (at vectors index)) index)
                  (else (loop (+ index 1))))))))

    (define (vector-index-right keep? first . rest)
      (let ((vectors (cons first rest)))
        (let loop ((index (- (shortest vectors) 1)))
          (cond ((< index 0) #f)
                ((apply keep? (at vectors index)) index)
                (else (loop (- index 1)))))))

    (define (vector-skip keep? . vectors)
      (apply vector-index (lambda items (not (apply keep? items))) vectors))

    (define (vector-skip-right keep? . vectors)
      (apply vector-index-right (lambda items (not (apply keep? items))) vectors))

    (define (vector-binary-search vector value compare)
      (let loop ((start 0) (end (vector-length vector)))
        (if (= start end)
            #f
            (let* ((middle (quotient (+ start end) 2))
                   (order (compare (vector-ref vector middle) value)))
              (cond ((= order 0) middle)
                    ((> order 0) (loop start middle))
                    (else (loop (+ middle 1) end)))))))

    (define (vector-any keep? first . rest)
      (let ((vectors (cons first rest)))
        (let ((length (shortest vectors)))
          (let loop ((index 0))
            (if (= index length)
                #f
                (or (apply keep? (at vectors index)) (loop (+ index 1))))))))

    (define (vector-every keep? first . rest)
      (let ((vectors (cons first rest)))
        (let ((length (shortest vectors)))
          (let loop ((index 0) (last #t))
            (if (= index length)
                last
                (let ((answer (apply keep? (at vectors index))))
                  (and answer (loop (+ index 1) answer))))))))

    (define (vector-partition keep? vector)
      (let* ((items (vector->list vector))
             (in (let loop ((items items))
                   (cond ((null? items) '())
                         ((keep? (car items)) (cons (car items) (loop (cdr items))))
                         (else (loop (cdr items))))))
             (out (let loop ((items items))
                    (cond ((null? items) '())
                          ((keep? (car items)) (loop (cdr items)))
                          (else (cons (car items) (loop (cdr items))))))))
        (values (list->vector (append in out)) (length in))))

    (define (vector-swap! vector i j)
      (let ((item (vector-ref vector i)))
        (vector-set! vector i (vector-ref vector j))
        (vector-set! vector j item)))

    (define vector-reverse!
      (case-lambda
        ((vector) (vector-reverse! vector 0 (vector-length vector)))
        ((vector start) (vector-reverse! vector start (vector-length vector)))
        ((vector start end)
         (let loop ((i start) (j (- end 1)))
           (if (< i j)
               (begin
                 (vector-swap! vector i j)
                 (loop (+ i 1) (- j 1))))))))

    (define (vector-reverse-copy! to at from . range)
      (vector-copy! to at (apply vector-reverse-copy from range)))

    (define (reverse-vector->list vector . range)
      (reverse (apply vector->list vector range)))

    (define (reverse-list->vector list) (list->vector (reverse list)))))
