(write 1 (open-input-string "x")) ; expect error:
