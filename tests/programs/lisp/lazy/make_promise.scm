(write (list (force (make-promise 5)) (promise? (make-promise 5)) (promise? 5) (force 5) (promise? (make-promise (make-promise 1))))) (newline) ; expect: (5 #t #f 5 #t)
