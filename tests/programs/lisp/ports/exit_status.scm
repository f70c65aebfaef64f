(write 'before) (newline) ; expect: before
(exit 7) ; expect status: 7
