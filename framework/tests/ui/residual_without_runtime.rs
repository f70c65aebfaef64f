//! A residual function gets the runtime.
use holloway::residual;

#[residual]
fn double(x: i64) -> i64 {
    x * 2
}

fn main() {}
