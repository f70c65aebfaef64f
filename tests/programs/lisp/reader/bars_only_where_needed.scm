(write '|foo|) (newline) ; expect: foo
