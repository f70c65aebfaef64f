(write (list (= +nan.0 +nan.0) (< +nan.0 1) (> +nan.0 1))) (newline) ; expect: (#f #f #f)
