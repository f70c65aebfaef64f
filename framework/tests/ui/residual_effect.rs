//! Effects have names.
use holloway::{Runtime, residual};

#[residual(sometimes)]
fn double(_: &mut Runtime<()>, x: i64) -> i64 {
    x * 2
}

fn main() {}
