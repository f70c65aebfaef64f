(write (map char->integer (list #\alarm #\backspace #\delete #\escape #\newline #\null #\return #\space #\tab)))
(newline) ; expect: (7 8 127 27 10 0 13 32 9)
