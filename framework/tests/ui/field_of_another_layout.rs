//! A field belongs to its layout.
use holloway::{Gc, Mode, Object, Red};

#[derive(Object)]
#[object(tag = 20)]
struct Point {
    x: i64,
}

#[derive(Object)]
#[object(tag = 21)]
struct Circle {
    radius: f64,
}

fn radius<M: Mode>(p: Red<M, Gc<Point>>) -> Red<M, f64> {
    p.get(Circle::RADIUS)
}

fn main() {}
