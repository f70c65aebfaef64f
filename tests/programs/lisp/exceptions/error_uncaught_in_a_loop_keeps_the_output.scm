(let loop ((i 0))
  (write i) (newline)
  (if (= i 2) (raise 'stop)) ; expect error: raised: stop
  (loop (+ i 1)))
; expect: 0
; expect: 1
; expect: 2
