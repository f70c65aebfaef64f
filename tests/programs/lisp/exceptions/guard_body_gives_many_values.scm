(call-with-values (lambda () (guard (e (#t 0)) (values 1 2))) list)
(write (call-with-values (lambda () (guard (e (#t 0)) (values 1 2))) list)) (newline) ; expect: (1 2)
