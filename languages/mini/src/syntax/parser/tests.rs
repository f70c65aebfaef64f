//! Tests of the parser: trees, statement ends, and recovery after errors.


