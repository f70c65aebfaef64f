;;; Runs the suite whose file is the first argument, and tells how many checks pass. A number behind it says that the suite
;;; is a library, `(srfi NUMBER test)`, whose procedure `run-tests` does the checks.
;;;
;;; What goes wrong outside of a check does not end the suite.
(import (scheme base) (scheme eval) (scheme file) (scheme process-context) (scheme read) (scheme repl) (scheme write)
        (only (chibi test) test-report))

(define (do-form form)
  (guard (problem
          (#t
           (display "ERROR: ")
           (display (if (error-object? problem) (error-object-message problem) problem))
           (write (if (error-object? problem) (error-object-irritants problem) '()))
           (newline)))
    (eval form (interaction-environment))))

(define (do-forms port)
  (let ((form (read port)))
    (if (not (eof-object? form))
        (begin
          (do-form form)
          (do-forms port)))))

(define arguments (cdr (command-line)))
(call-with-input-file (car arguments) do-forms)
(if (pair? (cdr arguments))
    (begin
      (do-form (list 'import (list 'srfi (string->number (cadr arguments)) 'test)))
      (do-form '(run-tests))))
(test-report)
