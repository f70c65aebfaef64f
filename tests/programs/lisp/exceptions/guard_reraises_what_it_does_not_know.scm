(write (guard (e ((string? e) 'outer)) (guard (e ((number? e) 'inner)) (raise "s")))) (newline) ; expect: outer
