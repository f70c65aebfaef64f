//! Tests of name resolution: which declaration a name means, and what is refused.
