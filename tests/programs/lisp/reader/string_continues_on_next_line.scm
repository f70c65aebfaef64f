(write "one \
   two") (newline) ; expect: "one two"
