(write (list (string-upcase "straße") (string-downcase "ΑΣ") (string-foldcase "AbC"))) (newline) ; expect: ("STRASSE" "ας" "abc")
