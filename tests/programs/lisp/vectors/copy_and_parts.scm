(write (list (vector-copy #(1 2 3) 1) (vector-copy #(1 2 3) 1 2) (vector->list #(1 2 3) 1) (list->vector '(1 2))))
(newline) ; expect: (#(2 3) #(2) (2 3) #(1 2))
