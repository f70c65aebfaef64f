//! The trailing array comes last.
use holloway::Object;

#[derive(Object)]
#[object(tag = 20)]
struct Text {
    #[trailing]
    bytes: u8,
    hash: i64,
}

fn main() {}
