//! Values of two worlds do not meet.
use holloway::{Record, Red, Run};

fn add(a: Red<Run, i64>, b: Red<Record, i64>) -> Red<Run, i64> {
    a + b
}

fn main() {}
