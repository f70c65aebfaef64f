;;; SRFI 1: lists. Procedures whose names end with ! are the others: nothing is gained by changing their arguments.

(define-library (srfi 1)
  (export
   xcons cons* make-list list-tabulate list-copy circular-list iota
   proper-list? circular-list? dotted-list? not-pair? null-list? list=
   first second third fourth fifth sixth seventh eighth ninth tenth
   car+cdr take drop take-right drop-right take! drop-right! split-at split-at! last last-pair
   length+ concatenate reverse! append! concatenate! append-reverse append-reverse!
   zip unzip1 unzip2 unzip3 unzip4 unzip5 count
   fold unfold pair-fold reduce fold-right unfold-right pair-fold-right reduce-right
   append-map append-map! map! map-in-order pair-for-each filter-map
   filter partition remove filter! partition! remove!
   find find-tail any every list-index take-while drop-while take-while! span break span! break!
   delete delete-duplicates delete! delete-duplicates!
   alist-cons alist-copy alist-delete alist-delete!
   lset<= lset= lset-adjoin lset-union lset-union! lset-intersection lset-intersection!
   lset-difference lset-difference! lset-xor lset-xor!
   lset-diff+intersection lset-diff+intersection!
   cons list car cdr caar cadr cdar cddr caaar caadr cadar caddr cdaar cdadr cddar cdddr
   caaaar caaadr caadar caaddr cadaar cadadr caddar cadddr cdaaar cdaadr cdadar cdaddr cddaar
   cddadr cdddar cddddr pair? null? list-ref length append reverse map for-each
   memq memv member assq assv assoc set-car! set-cdr!)
  (import (scheme base) (scheme cxr) (scheme case-lambda)
          (only (lisp internal) cons* length+ iota first second third fourth fifth last-pair))
  (begin
    (define (xcons a b) (cons b a))

    (define (list-tabulate count f)
      (let loop ((index (- count 1)) (result '()))
        (if (< index 0) result (loop (- index 1) (cons (f index) result)))))

    (define (circular-list first . rest)
      (let ((items (cons first rest)))
        (set-cdr! (last-pair items) items)
        items))

    ;; What a list ends with: a pair if it is circular.
    (define (ending list)
      (let loop ((fast list) (slow list))
        (if (pair? fast)
            (let ((fast (cdr fast)))
              (if (pair? fast)
                  (let ((fast (cdr fast)) (slow (cdr slow)))
                    (if (eq? fast slow) fast (loop fast slow)))
                  fast))
            fast)))

    (define (proper-list? x) (null? (ending x)))
    (define (circular-list? x) (pair? (ending x)))
    (define (dotted-list? x) (let ((end (ending x))) (not (or (null? end) (pair? end)))))
    (define (not-pair? x) (not (pair? x)))

    (define (null-list? list)
      (cond ((pair? list) #f)
            ((null? list) #t)
            (else (error "null-list?: a list is wanted, not" list))))

    (define (list= same? . lists)
      (define (two a b)
        (cond ((null? a) (null? b))
              ((null? b) #f)
              (else (and (same? (car a) (car b)) (two (cdr a) (cdr b))))))
      (or (null? lists)
          (let loop ((a (car lists)) (rest (cdr lists)))
            (or (null? rest)
                (and (or (eq? a (car rest)) (two a (car rest)))
                     (loop (car rest) (cdr rest)))))))

    (define (sixth list) (list-ref list 5))
    (define (seventh list) (list-ref list 6))
    (define (eighth list) (list-ref list 7))
    (define (ninth list) (list-ref list 8))
    (define (tenth list) (list-ref list 9))
    (define (car+cdr pair) (values (car pair) (cdr pair)))

    (define (take list count)
      (let loop ((list list) (count count) (result '()))
        (if (= count 0)
            (reverse result)
            (loop (cdr list) (- count 1) (cons (car list) result)))))

    (define (drop list count)
      (if (= count 0) list (drop (cdr list) (- count 1))))

    (define (take-right list count)
      (let loop ((list list) (ahead (drop list count)))
        (if (pair? ahead) (loop (cdr list) (cdr ahead)) list)))

    (define (drop-right list count)
      (let loop ((list list) (ahead (drop list count)) (result '()))
        (if (pair? ahead)
            (loop (cdr list) (cdr ahead) (cons (car list) result))
            (reverse result))))

    (define take! take)
    (define drop-right! drop-right)

    (define (split-at list count)
      (let loop ((list list) (count count) (result '()))
        (if (= count 0)
            (values (reverse result) list)
            (loop (cdr list) (- count 1) (cons (car list) result)))))

    (define split-at! split-at)
    (define (last list) (car (last-pair list)))
    (define (concatenate lists) (apply append lists))
    (define concatenate! concatenate)
    (define reverse! reverse)
    (define append! append)

    (define (append-reverse front back)
      (if (null? front) back (append-reverse (cdr front) (cons (car front) back))))

    (define append-reverse! append-reverse)
    (define (zip first . rest) (apply map list first rest))
    (define (unzip1 lists) (map car lists))
    (define (unzip2 lists) (values (map car lists) (map cadr lists)))
    (define (unzip3 lists) (values (map car lists) (map cadr lists) (map caddr lists)))

    (define (unzip4 lists)
      (values (map car lists) (map cadr lists) (map caddr lists) (map cadddr lists)))

    (define (unzip5 lists)
      (values (map car lists) (map cadr lists) (map caddr lists) (map cadddr lists)
              (map (lambda (list) (list-ref list 4)) lists)))

    (define (all-pairs? lists)
      (or (null? lists) (and (pair? (car lists)) (all-pairs? (cdr lists)))))

    (define (cars lists) (map car lists))
    (define (cdrs lists) (map cdr lists))

    (define (count keep? first . rest)
      (apply fold
             (lambda arguments
               (let ((total (last arguments)) (items (drop-right arguments 1)))
                 (if (apply keep? items) (+ total 1) total)))
             0 first rest))

    (define (fold f initial first . rest)
      (if (null? rest)
          (let loop ((result initial) (list first))
            (if (pair? list) (loop (f (car list) result) (cdr list)) result))
          (let loop ((result initial) (lists (cons first rest)))
            (if (all-pairs? lists)
                (loop (apply f (append (cars lists) (list result))) (cdrs lists))
                result))))

    (define (fold-right f initial first . rest)
      (if (null? rest)
          (let loop ((result initial) (list (reverse first)))
            (if (pair? list) (loop (f (car list) result) (cdr list)) result))
          (let loop ((lists (cons first rest)))
            (if (all-pairs? lists)
                (apply f (append (cars lists) (list (loop (cdrs lists)))))
                initial))))

    (define (pair-fold f initial first . rest)
      (if (null? rest)
          (let loop ((result initial) (list first))
            (if (pair? list)
                (let ((next (cdr list))) (loop (f list result) next))
                result))
          (let loop ((result initial) (lists (cons first rest)))
            (if (all-pairs? lists)
                (let ((next (cdrs lists)))
                  (loop (apply f (append lists (list result))) next))
                result))))

    (define (pair-fold-right f initial first . rest)
      (let loop ((lists (cons first rest)))
        (if (all-pairs? lists)
            (apply f (append lists (list (loop (cdrs lists)))))
            initial)))

    (define (reduce f initial list)
      (if (null? list) initial (fold f (car list) (cdr list))))

    (define (reduce-right f initial list)
      (if (null? list)
          initial
          (let loop ((first (car list)) (rest (cdr list)))
            (if (pair? rest) (f first (loop (car rest) (cdr rest))) first))))

    (define (unfold stop? item next seed . tail)
      (let loop ((seed seed) (result '()))
        (if (stop? seed)
            (append-reverse result (if (null? tail) '() ((car tail) seed)))
            (loop (next seed) (cons (item seed) result)))))

    (define (unfold-right stop? item next seed . tail)
      (let loop ((seed seed) (result (if (null? tail) '() (car tail))))
        (if (stop? seed) result (loop (next seed) (cons (item seed) result)))))

    (define (append-map f first . rest) (apply append (apply map f first rest)))
    (define append-map! append-map)
    (define map! map)
    (define map-in-order map)

    (define (pair-for-each f first . rest)
      (let loop ((lists (cons first rest)))
        (if (all-pairs? lists)
            (let ((next (cdrs lists)))
              (apply f lists)
              (loop next)))))

    (define (filter-map f first . rest)
      (filter values (apply map f first rest)))

    (define (filter keep? list)
      (let loop ((list list) (result '()))
        (cond ((null-list? list) (reverse result))
              ((keep? (car list)) (loop (cdr list) (cons (car list) result)))
              (else (loop (cdr list) result)))))

    (define (remove drop? list) (filter (lambda (item) (not (drop? item))) list))

    (define (partition keep? list)
      (let loop ((list list) (in '()) (out '()))
        (cond ((null-list? list) (values (reverse in) (reverse out)))
              ((keep? (car list)) (loop (cdr list) (cons (car list) in) out))
              (else (loop (cdr list) in (cons (car list) out))))))

    (define filter! filter)
    (define remove! remove)
    (define partition! partition)

    (define (find keep? list)
      (let ((found (find-tail keep? list))) (and found (car found))))

    (define (find-tail keep? list)
      (cond ((null-list? list) #f)
            ((keep? (car list)) list)
            (else (find-tail keep? (cdr list)))))

    (define (any keep? first . rest)
      (if (null? rest)
          (and (pair? first)
               (let loop ((list first))
                 (if (null-list? (cdr list))
                     (keep? (car list))
                     (or (keep? (car list)) (loop (cdr list))))))
          (let ((lists (cons first rest)))
            (and (all-pairs? lists)
                 (let loop ((lists lists))
                   (let ((next (cdrs lists)))
                     (if (all-pairs? next)
                         (or (apply keep? (cars lists)) (loop next))
                         (apply keep? (cars lists)))))))))

    (define (every keep? first . rest)
      (if (null? rest)
          (or (not (pair? first))
              (let loop ((list first))
                (if (null-list? (cdr list))
                    (keep? (car list))
                    (and (keep? (car list)) (loop (cdr list))))))
          (let ((lists (cons first rest)))
            (or (not (all-pairs? lists))
                (let loop ((lists lists))
                  (let ((next (cdrs lists)))
                    (if (all-pairs? next)
                        (and (apply keep? (cars lists)) (loop next))
                        (apply keep? (cars lists)))))))))

    (define (list-index keep? first . rest)
      (let loop ((lists (cons first rest)) (index 0))
        (cond ((not (all-pairs? lists)) #f)
              ((apply keep? (cars lists)) index)
              (else (loop (cdrs lists) (+ index 1))))))

    (define (take-while keep? list)
      (let loop ((list list) (result '()))
        (if (and (pair? list) (keep? (car list)))
            (loop (cdr list) (cons (car list) result))
            (reverse result))))

    (define take-while! take-while)

    (define (drop-while keep? list)
      (if (and (pair? list) (keep? (car list))) (drop-while keep? (cdr list)) list))

    (define (span keep? list)
      (let loop ((list list) (result '()))
        (if (and (pair? list) (keep? (car list)))
            (loop (cdr list) (cons (car list) result))
            (values (reverse result) list))))

    (define (break stop? list) (span (lambda (item) (not (stop? item))) list))
    (define span! span)
    (define break! break)

    (define (delete item list . same)
      (let ((same? (if (null? same) equal? (car same))))
        (remove (lambda (other) (same? item other)) list)))

    (define delete! delete)

    (define (delete-duplicates list . same)
      (let ((same? (if (null? same) equal? (car same))))
        (let loop ((list list) (result '()))
          (cond ((null-list? list) (reverse result))
                ((any (lambda (earlier) (same? earlier (car list))) result)
                 (loop (cdr list) result))
                (else (loop (cdr list) (cons (car list) result)))))))

    (define delete-duplicates! delete-duplicates)
    (define (alist-cons key value list) (cons (cons key value) list))
    (define (alist-copy list) (map (lambda (entry) (cons (car entry) (cdr entry))) list))

    (define (alist-delete key list . same)
      (let ((same? (if (null? same) equal? (car same))))
        (remove (lambda (entry) (same? key (car entry))) list)))

    (define alist-delete! alist-delete)

    ;; Sets as lists.

    (define (in? same? item list) (any (lambda (other) (same? other item)) list))

    (define (subset? same? a b)
      (every (lambda (item) (any (lambda (other) (same? item other)) b)) a))

    (define (lset<= same? . lists)
      (or (null? lists)
          (let loop ((a (car lists)) (rest (cdr lists)))
            (or (null? rest)
                (and (subset? same? a (car rest)) (loop (car rest) (cdr rest)))))))

    (define (lset= same? . lists)
      (or (null? lists)
          (let loop ((a (car lists)) (rest (cdr lists)))
            (or (null? rest)
                (and (subset? same? a (car rest))
                     (subset? (lambda (x y) (same? y x)) (car rest) a)
                     (loop (car rest) (cdr rest)))))))

    (define (lset-adjoin same? list . items)
      (fold (lambda (item list) (if (in? same? item list) list (cons item list))) list items))

    (define (lset-union same? . lists)
      (reduce (lambda (list result)
                (cond ((null? list) result)
                      ((null? result) list)
                      ((eq? list result) result)
                      (else
                       (fold (lambda (item result)
                               (if (in? same? item result) result (cons item result)))
                             result list))))
              '() lists))

    (define (lset-intersection same? first . rest)
      (filter (lambda (item)
                (every (lambda (list) (any (lambda (other) (same? item other)) list)) rest))
              first))

    (define (lset-difference same? first . rest)
      (filter (lambda (item)
                (every (lambda (list) (not (any (lambda (other) (same? item other)) list))) rest))
              first))

    (define (lset-xor same? . lists)
      (reduce (lambda (b a)
                (append (lset-difference same? b a) (lset-difference same? a b)))
              '() lists))

    (define (lset-diff+intersection same? first . rest)
      (partition (lambda (item) (every (lambda (list) (not (in? same? item list))) rest)) first))

    (define lset-union! lset-union)
    (define lset-intersection! lset-intersection)
    (define lset-difference! lset-difference)
    (define lset-xor! lset-xor)
    (define lset-diff+intersection! lset-diff+intersection)))
