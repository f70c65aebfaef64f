(write 'before) (newline) ; expect: before
(write (/ 1 0)) ; expect error: division by zero
