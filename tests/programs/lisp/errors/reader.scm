; A list that is not finished.
(display 1)
(display (+ 1 2) ; expect syntax error: this list is not finished
