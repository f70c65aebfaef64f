//! Pure calls are merged and left out: they cannot fail.
use holloway::{Runtime, residual};

#[residual(pure)]
fn half(_: &mut Runtime<()>, x: i64) -> Result<i64, String> {
    Ok(x / 2)
}

fn main() {}
