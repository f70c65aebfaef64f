;;; SRFI 69: hash tables. A vector of association lists, which doubles when it is full.

(define-library (srfi 69)
  (export
   make-hash-table hash-table? alist->hash-table
   hash-table-equivalence-function hash-table-hash-function
   hash-table-ref hash-table-ref/default hash-table-set! hash-table-delete!
   hash-table-exists? hash-table-update! hash-table-update!/default
   hash-table-size hash-table-keys hash-table-values hash-table-walk hash-table-fold
   hash-table->alist hash-table-copy hash-table-merge!
   hash-table-clear! hash-table-contains? hash-table-count hash-table-for-each
   hash string-hash string-ci-hash hash-by-identity)
  (import (scheme base) (scheme char) (scheme case-lambda)
          (only (lisp internal) %hash %hash-identity))
  (begin
    (define-record-type hash-table
      (make-table buckets size same? hash find)
      hash-table?
      (buckets table-buckets set-table-buckets!)
      (size hash-table-size set-table-size!)
      (same? hash-table-equivalence-function)
      (hash hash-table-hash-function)
      (find table-find))

    (define (bounded value bound)
      (if (null? bound) value (modulo value (car bound))))

    (define (hash value . bound) (bounded (%hash value) bound))
    (define (hash-by-identity value . bound) (bounded (%hash-identity value) bound))
    (define (string-hash string . bound) (bounded (%hash string) bound))

    (define (string-ci-hash string . bound)
      (bounded (%hash (string-foldcase string)) bound))

    (define (default-hash same?)
      (cond ((or (eq? same? eq?) (eq? same? eqv?)) %hash-identity)
            ((eq? same? string-ci=?) (lambda (key) (%hash (string-foldcase key))))
            ((or (eq? same? equal?) (eq? same? string=?) (eq? same? =)) %hash)
            (else (lambda (key) 0))))

    ;; The entry of a key in a bucket.
    (define (finder same?)
      (cond ((eq? same? eq?) assq)
            ((eq? same? eqv?) assv)
            ((or (eq? same? equal?) (eq? same? string=?)) assoc)
            (else (lambda (key bucket) (assoc key bucket same?)))))

    (define (make-hash-table . options)
      (let* ((same? (if (pair? options) (car options) equal?))
             (given (if (and (pair? options) (pair? (cdr options))) (cadr options) #f))
             (hash (if (procedure? given) given (default-hash same?))))
        (make-table (make-vector 8 '()) 0 same? hash (finder same?))))

    (define (bucket-index table key)
      (modulo ((hash-table-hash-function table) key) (vector-length (table-buckets table))))

    (define (entry table key)
      ((table-find table) key (vector-ref (table-buckets table) (bucket-index table key))))

    (define (grow! table)
      (let* ((old (table-buckets table))
             (new (make-vector (* 2 (vector-length old)) '())))
        (set-table-buckets! table new)
        (vector-for-each
         (lambda (bucket)
           (for-each
            (lambda (entry)
              (let ((index (bucket-index table (car entry))))
                (vector-set! new index (cons entry (vector-ref new index)))))
            bucket))
         old)))

    (define (add! table key value)
      (if (> (hash-table-size table) (vector-length (table-buckets table)))
          (grow! table))
      (let ((index (bucket-index table key)) (buckets (table-buckets table)))
        (vector-set! buckets index (cons (cons key value) (vector-ref buckets index)))
        (set-table-size! table (+ (hash-table-size table) 1))))

    (define (hash-table-set! table key value)
      (let ((found (entry table key)))
        (if found (set-cdr! found value) (add! table key value))))

    (define hash-table-ref
      (case-lambda
        ((table key)
         (hash-table-ref table key
                         (lambda () (error "hash-table-ref: there is no such key:" key))))
        ((table key failure)
         (let ((found (entry table key)))
           (if found (cdr found) (failure))))
        ((table key failure success)
         (let ((found (entry table key)))
           (if found (success (cdr found)) (failure))))))

    (define (hash-table-ref/default table key default)
      (let ((found (entry table key)))
        (if found (cdr found) default)))

    (define (hash-table-exists? table key) (if (entry table key) #t #f))
    (define hash-table-contains? hash-table-exists?)
    (define hash-table-count hash-table-size)

    (define (hash-table-delete! table key)
      (let ((found (entry table key)))
        (if found
            (let* ((index (bucket-index table key)) (buckets (table-buckets table)))
              (vector-set! buckets index
                           (let loop ((bucket (vector-ref buckets index)))
                             (if (eq? (car bucket) found)
                                 (cdr bucket)
                                 (cons (car bucket) (loop (cdr bucket))))))
              (set-table-size! table (- (hash-table-size table) 1))))))

    (define (hash-table-update! table key f . failure)
      (hash-table-set! table key (f (apply hash-table-ref table key failure))))

    (define (hash-table-update!/default table key f default)
      (let ((found (entry table key)))
        (if found
            (set-cdr! found (f (cdr found)))
            (add! table key (f default)))))

    (define (hash-table-fold table f initial)
      (let ((buckets (table-buckets table)))
        (let loop ((index 0) (result initial))
          (if (= index (vector-length buckets))
              result
              (loop (+ index 1)
                    (let inner ((bucket (vector-ref buckets index)) (result result))
                      (if (null? bucket)
                          result
                          (inner (cdr bucket) (f (caar bucket) (cdar bucket) result)))))))))

    (define (hash-table-keys table)
      (hash-table-fold table (lambda (key value result) (cons key result)) '()))

    (define (hash-table-values table)
      (hash-table-fold table (lambda (key value result) (cons value result)) '()))

    (define (hash-table->alist table)
      (hash-table-fold table (lambda (key value result) (cons (cons key value) result)) '()))

    (define (hash-table-walk table f)
      (for-each (lambda (entry) (f (car entry) (cdr entry))) (hash-table->alist table)))

    (define (hash-table-for-each f table) (hash-table-walk table f))

    (define (alist->hash-table list . options)
      (let ((table (apply make-hash-table options)))
        (for-each (lambda (entry)
                    (if (not (hash-table-exists? table (car entry)))
                        (hash-table-set! table (car entry) (cdr entry))))
                  list)
        table))

    (define (hash-table-copy table . mutable)
      (let ((copy (make-hash-table (hash-table-equivalence-function table)
                                   (hash-table-hash-function table))))
        (hash-table-walk table (lambda (key value) (hash-table-set! copy key value)))
        copy))

    (define (hash-table-merge! table other)
      (hash-table-walk other
                       (lambda (key value)
                         (if (not (hash-table-exists? table key))
                             (hash-table-set! table key value))))
      table)

    (define (hash-table-clear! table)
      (set-table-buckets! table (make-vector 8 '()))
      (set-table-size! table 0))))
