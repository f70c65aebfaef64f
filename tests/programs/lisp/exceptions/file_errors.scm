(write (guard (e ((file-error? e) 'file)) (open-input-file "/no/such/file"))) (newline) ; expect: file
