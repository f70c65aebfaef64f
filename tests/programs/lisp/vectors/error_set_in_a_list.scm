(vector-set! '(1 2) 0 1) ; expect error: vector-set!: a vector is wanted
