//! A layout needs a tag.
use holloway::Object;

#[derive(Object)]
struct Point {
    x: i64,
}

fn main() {}
