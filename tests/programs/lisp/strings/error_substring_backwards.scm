(substring "hello" 3 2) ; expect error: out of range
