(write `#(1 ,(+ 1 1) ,@(list 3 4))) (newline) ; expect: #(1 2 3 4)
