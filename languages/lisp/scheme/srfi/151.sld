;;; SRFI 151: bitwise operations on exact integers, in two's complement.

(define-library (srfi 151)
  (export
   bitwise-not bitwise-and bitwise-ior bitwise-xor bitwise-eqv bitwise-nand bitwise-nor
   bitwise-andc1 bitwise-andc2 bitwise-orc1 bitwise-orc2
   arithmetic-shift bit-count integer-length bitwise-if
   bit-set? copy-bit bit-swap any-bit-set? every-bit-set? first-set-bit
   bit-field bit-field-any? bit-field-every? bit-field-clear bit-field-set
   bit-field-replace bit-field-replace-same bit-field-rotate bit-field-reverse
   bits->list list->bits bits->vector vector->bits bits
   bitwise-fold bitwise-for-each bitwise-unfold make-bitwise-generator)
  (import (scheme base)
          (only (lisp internal) bitwise-not bitwise-and bitwise-ior bitwise-xor arithmetic-shift
                integer-length)
          (rename (only (lisp internal) bit-count) (bit-count count-ones)))
  (begin
    (define (bit-count i) (count-ones i))

    (define (bitwise-eqv . all)
      (let loop ((all all) (result -1))
        (if (null? all)
            result
            (loop (cdr all) (bitwise-not (bitwise-xor result (car all)))))))

    (define (bitwise-nand a b) (bitwise-not (bitwise-and a b)))
    (define (bitwise-nor a b) (bitwise-not (bitwise-ior a b)))
    (define (bitwise-andc1 a b) (bitwise-and (bitwise-not a) b))
    (define (bitwise-andc2 a b) (bitwise-and a (bitwise-not b)))
    (define (bitwise-orc1 a b) (bitwise-ior (bitwise-not a) b))
    (define (bitwise-orc2 a b) (bitwise-ior a (bitwise-not b)))

    (define (bitwise-if mask a b)
      (bitwise-ior (bitwise-and mask a) (bitwise-and (bitwise-not mask) b)))

    (define (mask size) (- (arithmetic-shift 1 size) 1))
    (define (bit-set? index i) (odd? (arithmetic-shift i (- index))))

    (define (copy-bit index i on)
      (if on
          (bitwise-ior i (arithmetic-shift 1 index))
          (bitwise-and i (bitwise-not (arithmetic-shift 1 index)))))

    (define (bit-swap a b i)
      (let ((first (bit-set? a i)) (second (bit-set? b i)))
        (copy-bit a (copy-bit b i first) second)))

    (define (any-bit-set? test i) (not (= 0 (bitwise-and test i))))
    (define (every-bit-set? test i) (= test (bitwise-and test i)))

    (define (first-set-bit i)
      (if (= i 0)
          -1
          (- (integer-length (bitwise-xor i (- i 1))) 1)))

    (define (bit-field i start end)
      (bitwise-and (arithmetic-shift i (- start)) (mask (- end start))))

    (define (bit-field-any? i start end) (not (= 0 (bit-field i start end))))
    (define (bit-field-every? i start end) (= (mask (- end start)) (bit-field i start end)))

    (define (bit-field-replace to from start end)
      (let ((field (arithmetic-shift (mask (- end start)) start)))
        (bitwise-if field (arithmetic-shift from start) to)))

    (define (bit-field-clear i start end) (bit-field-replace i 0 start end))
    (define (bit-field-set i start end) (bit-field-replace i -1 start end))

    (define (bit-field-replace-same to from start end)
      (bitwise-if (arithmetic-shift (mask (- end start)) start) from to))

    (define (bit-field-rotate i count start end)
      (let ((size (- end start)))
        (if (= size 0)
            i
            (let* ((count (modulo count size)) (field (bit-field i start end)))
              (bit-field-replace
               i
               (bitwise-ior (arithmetic-shift field count)
                            (arithmetic-shift field (- count size)))
               start end)))))

    (define (bit-field-reverse i start end)
      (let loop ((field (bit-field i start end)) (left (- end start)) (result 0))
        (if (= left 0)
            (bit-field-replace i result start end)
            (loop (arithmetic-shift field -1) (- left 1)
                  (bitwise-ior (arithmetic-shift result 1) (bitwise-and field 1))))))

    (define (bits->list i . length)
      (let loop ((index (- (if (null? length) (integer-length i) (car length)) 1)) (result '()))
        (if (< index 0)
            result
            (loop (- index 1) (cons (bit-set? index i) result)))))

    (define (list->bits list)
      (let loop ((list (reverse list)) (result 0))
        (if (null? list)
            result
            (loop (cdr list) (+ (* 2 result) (if (car list) 1 0))))))

    (define (bits->vector i . length) (list->vector (apply bits->list i length)))
    (define (vector->bits vector) (list->bits (vector->list vector)))
    (define (bits . all) (list->bits all))

    (define (bitwise-fold f initial i)
      (let loop ((all (bits->list i)) (result initial))
        (if (null? all) result (loop (cdr all) (f (car all) result)))))

    (define (bitwise-for-each f i) (for-each f (bits->list i)))

    (define (bitwise-unfold stop? bit next seed)
      (let loop ((seed seed) (result '()))
        (if (stop? seed)
            (list->bits (reverse result))
            (loop (next seed) (cons (bit seed) result)))))

    (define (make-bitwise-generator i)
      (lambda ()
        (let ((bit (odd? i)))
          (set! i (arithmetic-shift i -1))
          bit)))))
