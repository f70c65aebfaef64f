(exit #f) ; expect status: 1
