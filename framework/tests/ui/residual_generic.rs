//! What is generic over the mode is traced through and needs no attribute.
use holloway::{Mode, Red, residual};

#[residual]
fn double<M: Mode>(x: Red<M, i64>) -> i64 {
    x.promote() * 2
}

fn main() {}
