//! Operands have the same type.
use holloway::{Mode, Red};

fn add<M: Mode>(a: Red<M, i64>, b: Red<M, f64>) -> Red<M, f64> {
    a + b
}

fn main() {}
