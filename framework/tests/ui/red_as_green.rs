//! A red integer is no ordinary one: `promote()` makes it green, with a guard.
use holloway::{Mode, Red};

fn unroll<M: Mode>(times: Red<M, i64>) {
    for _ in 0..times {}
}

fn constant<M: Mode>(x: Red<M, i64>) -> i64 {
    x
}

fn main() {}
