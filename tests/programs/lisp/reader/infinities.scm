(write (list +inf.0 -inf.0 +nan.0)) (newline) ; expect: (+inf.0 -inf.0 +nan.0)
