(import (scheme base) (no such library)) ; expect syntax error: there is no library (no such library)
