(write (guard (e ((error-object? e) 'error)) (vector-ref (vector 1) 5))) (newline) ; expect: error
(write (guard (e ((error-object? e) 'error)) (undefined-name))) (newline) ; expect: error
(write (guard (e ((error-object? e) 'error)) (car 5))) (newline) ; expect: error
(write (guard (e ((error-object? e) 'error)) ((lambda (x) x)))) (newline) ; expect: error
(write (guard (e ((error-object? e) 'error)) (5 5))) (newline) ; expect: error
