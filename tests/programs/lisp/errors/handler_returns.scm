; A handler must not return to raise.
(with-exception-handler (lambda (e) 'ignored) (lambda () (raise 'x))) ; expect error: the handler of an exception returned: x
