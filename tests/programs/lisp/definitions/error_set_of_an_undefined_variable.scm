(set! nothing 5) ; expect error: nothing
