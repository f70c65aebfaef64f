//! A heap belongs to one thread, and so do its references and handles.
use holloway::{Array, Gc, Heap, Root};

fn main() {
    let mut heap = Heap::new();
    let array: Gc<Array> = heap.new_array(0).unwrap();
    let root: Root<Array> = heap.root(array);
    std::thread::spawn(move || array.count());
    std::thread::spawn(move || drop(root));
}
