;;; The rest of the standard procedures: those that take procedures, and those that are easier to say in Scheme.

;;; Lists.

(define (%cars lists)
  (if (null? lists) '() (cons (car (car lists)) (%cars (cdr lists)))))

(define (%cdrs lists)
  (if (null? lists) '() (cons (cdr (car lists)) (%cdrs (cdr lists)))))

(define (%all-pairs? lists)
  (or (null? lists)
      (and (pair? (car lists)) (%all-pairs? (cdr lists)))))

;; One of the lists has come to its end: each is one, as far as one can see.
(define (%list-ends who lists)
  (if (pair? lists)
      (begin
        (if (not (pair? (car lists))) (%list-end who (car lists)))
        (%list-ends who (cdr lists)))))

(define (map f first . rest)
  (if (null? rest)
      (let loop ((list first) (result '()))
        (if (pair? list)
            (loop (cdr list) (cons (f (car list)) result))
            (begin
              (%list-end 'map list)
              (reverse result))))
      (let loop ((lists (cons first rest)) (result '()))
        (if (%all-pairs? lists)
            (loop (%cdrs lists) (cons (apply f (%cars lists)) result))
            (begin
              (%list-ends 'map lists)
              (reverse result))))))

(define (for-each f first . rest)
  (if (null? rest)
      (let loop ((list first))
        (if (pair? list)
            (begin
              (f (car list))
              (loop (cdr list)))
            (%list-end 'for-each list)))
      (let loop ((lists (cons first rest)))
        (if (%all-pairs? lists)
            (begin
              (apply f (%cars lists))
              (loop (%cdrs lists)))
            (%list-ends 'for-each lists)))))

(define (%procedure who f)
  (if (not (procedure? f))
      (error (string-append who ": a procedure is wanted, not") f)))

(define member
  (case-lambda
    ((item list) (%member item list))
    ((item list same?)
     (%procedure "member" same?)
     (let loop ((rest list))
       (cond ((null? rest) #f)
             ((same? item (car rest)) rest)
             (else (loop (cdr rest))))))))

(define assoc
  (case-lambda
    ((key list) (%assoc key list))
    ((key list same?)
     (%procedure "assoc" same?)
     (let loop ((rest list))
       (cond ((null? rest) #f)
             ((same? key (car (car rest))) (car rest))
             (else (loop (cdr rest))))))))

(define (list-index keep? list)
  (let loop ((rest list) (index 0))
    (cond ((null? rest) #f)
          ((keep? (car rest)) index)
          (else (loop (cdr rest) (+ index 1))))))

(define (filter keep? list)
  (let loop ((rest list) (result '()))
    (cond ((null? rest) (reverse result))
          ((keep? (car rest)) (loop (cdr rest) (cons (car rest) result)))
          (else (loop (cdr rest) result)))))

(define (reduce f initial list)
  (if (null? list)
      initial
      (let loop ((result (car list)) (rest (cdr list)))
        (if (null? rest)
            result
            (loop (f (car rest) result) (cdr rest))))))

(define (fold-left f initial first . rest)
  (if (null? rest)
      (let loop ((result initial) (list first))
        (if (pair? list)
            (loop (f result (car list)) (cdr list))
            (begin
              (%list-end 'fold-left list)
              result)))
      (let loop ((result initial) (lists (cons first rest)))
        (if (%all-pairs? lists)
            (loop (apply f result (%cars lists)) (%cdrs lists))
            (begin
              (%list-ends 'fold-left lists)
              result)))))

(define (fold-right f initial first . rest)
  (if (null? rest)
      (let loop ((result initial) (list (reverse first)))
        (if (pair? list)
            (loop (f (car list) result) (cdr list))
            result))
      (let loop ((lists (cons first rest)))
        (if (%all-pairs? lists)
            (apply f (append (%cars lists) (list (loop (%cdrs lists)))))
            (begin
              (%list-ends 'fold-right lists)
              initial)))))

(define (delete item list)
  (filter (lambda (other) (not (equal? item other))) list))

(define (last-pair list)
  (if (pair? (cdr list)) (last-pair (cdr list)) list))

(define (except-last-pair! list)
  (reverse (cdr (reverse list))))

(define (list-head list count)
  (if (= count 0)
      '()
      (cons (car list) (list-head (cdr list) (- count 1)))))

(define (sublist list start end)
  (list-head (list-tail list start) (- end start)))

(define (first list) (car list))
(define (second list) (cadr list))
(define (third list) (caddr list))
(define (fourth list) (cadddr list))
(define (fifth list) (car (cddddr list)))

(define (append! . lists) (apply append lists))
(define (reverse! list) (reverse list))

(define iota
  (case-lambda
    ((count) (iota count 0 1))
    ((count start) (iota count start 1))
    ((count start step)
     (let loop ((index (- count 1)) (result '()))
       (if (< index 0)
           result
           (loop (- index 1) (cons (+ start (* index step)) result)))))))

(define (1+ n) (+ n 1))
(define (-1+ n) (- n 1))

;;; What MIT Scheme, and books that use it, call true and false; and its streams, which cons-stream makes.

(define true #t)
(define false #f)
(define the-empty-stream '())
(define (stream-pair? value) (and (pair? value) (promise? (cdr value))))
(define (stream-null? value) (null? value))
(define (empty-stream? value) (null? value))
(define (stream-car stream) (car stream))
(define (stream-cdr stream) (force (cdr stream)))
(define (stream-head stream count)
  (if (= count 0) '() (cons (stream-car stream) (stream-head (stream-cdr stream) (- count 1)))))
(define (stream-tail stream count)
  (if (= count 0) stream (stream-tail (stream-cdr stream) (- count 1))))

;;; Boxes.

(define-record-type box (box value) box? (value unbox set-box!))

;;; Vectors and strings.

(define (%shortest lengths)
  (apply min lengths))

(define (vector-map f first . rest)
  (if (null? rest)
      (let ((length (vector-length first)))
        (let loop ((index 0) (result '()))
          (if (< index length)
              (loop (+ index 1) (cons (f (vector-ref first index)) result))
              (list->vector (reverse result)))))
      (list->vector (apply map f (vector->list first) (map vector->list rest)))))

(define (vector-for-each f first . rest)
  (if (null? rest)
      (let ((length (vector-length first)))
        (let loop ((index 0))
          (if (< index length)
              (begin
                (f (vector-ref first index))
                (loop (+ index 1))))))
      (apply for-each f (vector->list first) (map vector->list rest))))

(define (vector-binary-search vector key key-compare)
  (let loop ((start 0) (end (vector-length vector)))
    (if (< start end)
        (let* ((middle (quotient (+ start end) 2))
               (order (key-compare key (vector-ref vector middle))))
          (cond ((= order 0) (vector-ref vector middle))
                ((< order 0) (loop start middle))
                (else (loop (+ middle 1) end))))
        #f)))

(define (string-map f first . rest)
  (list->string (apply map f (string->list first) (map string->list rest))))

(define (string-for-each f first . rest)
  (apply for-each f (string->list first) (map string->list rest)))

(define (string-index string keep?)
  (let ((length (string-length string))
        (test (if (char? keep?) (lambda (c) (char=? c keep?)) keep?)))
    (let loop ((index 0))
      (cond ((= index length) #f)
            ((test (string-ref string index)) index)
            (else (loop (+ index 1)))))))

;;; Numbers.

(define (rationalize x tolerance)
  (define (simplest low high)
    (let ((whole (floor low)))
      (cond ((= whole low) whole)
            ((< whole (floor high)) (+ whole 1))
            (else
             (+ whole (/ 1 (simplest (/ 1 (- high whole)) (/ 1 (- low whole)))))))))
  (let* ((tolerance (abs tolerance)) (low (- x tolerance)) (high (+ x tolerance)))
    (cond ((or (nan? x) (nan? tolerance)) +nan.0)
          ((infinite? tolerance) (if (infinite? x) +nan.0 0.0))
          ((infinite? x) x)
          ((positive? low) (simplest low high))
          ((negative? high) (- (simplest (- high) (- low))))
          ((and (exact? x) (exact? tolerance)) 0)
          (else 0.0))))

;;; Ports.

;; A procedure whose last parameter is a port, and may be left out.
(define-syntax %define-with-port
  (syntax-rules ()
    ((_ current (name parameter ... port) expression ...)
     (define name
       (case-lambda
         ((parameter ...) (let ((port (current))) expression ...))
         ((parameter ... port) expression ...))))))

(define-syntax %define-output
  (syntax-rules ()
    ((_ call expression ...) (%define-with-port current-output-port call expression ...))))

(define-syntax %define-input
  (syntax-rules ()
    ((_ call expression ...) (%define-with-port current-input-port call expression ...))))

(%define-output (write value port) (%write value port))
(%define-output (display value port) (%display value port))
(%define-output (write-shared value port) (%write-shared value port))
(%define-output (write-simple value port) (%write-simple value port))
(%define-output (newline port) (%write-char #\newline port))
(%define-output (write-char char port) (%write-char char port))
(%define-output (write-u8 byte port) (%write-u8 byte port))
(%define-output (pp value port)
  (%write value port)
  (%write-char #\newline port))

(define (write-string string . more)
  (if (null? more)
      (%write-string string (current-output-port))
      (apply %write-string string more)))

(define (write-bytevector bytes . more)
  (if (null? more)
      (%write-bytevector bytes (current-output-port))
      (apply %write-bytevector bytes more)))

(%define-output (flush-output-port port) (%flush-output-port port))
(%define-output (flush-output port) (%flush-output-port port))

(%define-input (read port) (%read port))
(%define-input (read-char port) (%read-char port))
(%define-input (peek-char port) (%peek-char port))
(%define-input (char-ready? port) (%char-ready? port))
(%define-input (read-line port) (%read-line port))
(%define-input (read-string count port) (%read-string count port))
(%define-input (read-u8 port) (%read-u8 port))
(%define-input (peek-u8 port) (%peek-u8 port))
(%define-input (u8-ready? port) (%u8-ready? port))
(%define-input (read-bytevector count port) (%read-bytevector count port))

(define (read-bytevector! bytes . more)
  (let* ((port (if (null? more) (current-input-port) (car more)))
         (more (if (pair? more) (cdr more) '()))
         (start (if (pair? more) (car more) 0))
         (end (if (and (pair? more) (pair? (cdr more)))
                  (cadr more)
                  (bytevector-length bytes)))
         (read (%read-bytevector (- end start) port)))
    (if (eof-object? read)
        read
        (begin
          (bytevector-copy! bytes start read)
          (bytevector-length read)))))

(define (call-with-port port procedure)
  (let ((result (procedure port)))
    (close-port port)
    result))

(define (call-with-input-file file procedure)
  (call-with-port (open-input-file file) procedure))

(define (call-with-output-file file procedure)
  (call-with-port (open-output-file file) procedure))

(define (with-input-from-file file thunk)
  (let ((port (open-input-file file)))
    (let ((result (parameterize ((current-input-port port)) (thunk))))
      (close-port port)
      result)))

(define (with-output-to-file file thunk)
  (let ((port (open-output-file file)))
    (let ((result (parameterize ((current-output-port port)) (thunk))))
      (close-port port)
      result)))

(define (call-with-output-string procedure)
  (let ((port (open-output-string)))
    (procedure port)
    (get-output-string port)))

(define (with-output-to-string thunk)
  (let ((port (open-output-string)))
    (parameterize ((current-output-port port)) (thunk))
    (get-output-string port)))
