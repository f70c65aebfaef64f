(import (scheme base))
(display 1) ; expect error: display
