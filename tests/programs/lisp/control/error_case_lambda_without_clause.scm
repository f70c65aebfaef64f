(define f (case-lambda ((a) a) ((a b c) b)))
(f 1 2) ; expect error:
