;;; Runs the suite whose file is the argument, and tells how many checks pass.
(import (scheme base) (scheme load) (scheme process-context) (only (chibi test) test-report))
(load (cadr (command-line)))
(test-report)
