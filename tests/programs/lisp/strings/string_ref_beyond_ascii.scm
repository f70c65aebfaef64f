(write (string-ref "aλ漢" 2)) (newline) ; expect: #\漢
