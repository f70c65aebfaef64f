(vector-ref (vector 1 2) -1) ; expect error: vector-ref
