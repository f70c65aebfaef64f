(eval '(car 5) (environment '(scheme base))) ; expect error: car: a pair is wanted
