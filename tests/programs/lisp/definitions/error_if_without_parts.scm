(if) ; expect syntax error: this is no `if`
