//! Tests of the lexer: tokens, their places, and what is refused.
