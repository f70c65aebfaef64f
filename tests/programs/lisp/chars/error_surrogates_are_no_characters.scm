(integer->char #xd800) ; expect error: integer->char: out of range: 55296
