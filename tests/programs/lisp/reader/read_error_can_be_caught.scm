(write (guard (e ((read-error? e) 'caught)) (read (open-input-string "(1 2")))) (newline) ; expect: caught
