//! Layouts are not generic.
use holloway::Object;

#[derive(Object)]
#[object(tag = 20)]
struct Pair<T> {
    first: T,
}

fn main() {}
