(define-syntax test (syntax-rules (=>) ((_ a => b) 'arrow) ((_ a b c) 'three)))
(write (list (test 1 => 2) (let ((=> 0)) (test 1 => 2)))) (newline) ; expect: (arrow three)
