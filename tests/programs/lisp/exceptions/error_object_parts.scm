(guard (e ((error-object? e) (write (list (error-object-message e) (error-object-irritants e))) (newline))) (error "msg:" 1 "two" 'three)) ; expect: ("msg:" (1 "two" three))
