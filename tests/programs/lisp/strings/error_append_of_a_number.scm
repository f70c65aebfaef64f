(string-append "a" 5) ; expect error: string-append: a string is wanted, not a number: 5
