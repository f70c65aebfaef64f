; A variable that nothing defines.
(display nope) ; expect error: the variable `nope` has no value
