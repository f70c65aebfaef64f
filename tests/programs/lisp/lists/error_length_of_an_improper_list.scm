(length '(1 . 2)) ; expect error: length: a list is wanted
