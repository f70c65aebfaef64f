//! References and handles know what they refer to: a field of one type of object is not there in another.
use holloway::{Heap, Object, Root, Val};

#[derive(Object)]
#[object(tag = 16)]
struct Cell {
    value: Val,
}

#[derive(Object)]
#[object(tag = 17)]
struct Pair {
    car: Val,
    cdr: Val,
}

fn main() {
    let mut heap = Heap::new();
    let cell = Cell::alloc(&mut heap, Val::NIL).unwrap();
    let root: Root<Pair> = heap.root(cell);
    let car = cell.get_val(Pair::CAR);
    let _ = (root, car);
}
