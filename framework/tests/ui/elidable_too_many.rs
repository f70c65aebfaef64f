//! Five words at most.
use holloway::elidable;

#[elidable]
fn sum(a: i64, b: i64, c: i64, d: i64, e: i64, f: i64) -> i64 {
    a + b + c + d + e + f
}

fn main() {}
