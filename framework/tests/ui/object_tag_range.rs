//! Small tags are the framework's.
use holloway::Object;

#[derive(Object)]
#[object(tag = 3)]
struct Point {
    x: i64,
}

fn main() {}
