(make-vector 1000000000000 0) ; expect error: make-vector
