//! A red truth value is no `bool`: `test()` records the guard.
use holloway::{Mode, Red};

fn pick<M: Mode>(condition: Red<M, bool>) -> i64 {
    if condition { 1 } else { 2 }
}

fn main() {}
