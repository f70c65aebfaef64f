//! A handle says where its object is only to who has the heap, and does not become a reference by itself.
use holloway::{Array, Gc, Heap, Root};

fn keep(root: &Root<Array>) -> Gc<Array> {
    root.get()
}

fn collect_while_read(heap: &mut Heap, root: &Root<Array>) -> usize {
    let array: &Array = root;
    heap.collect_rooted();
    std::mem::size_of_val(array)
}

fn main() {
    let mut heap = Heap::new();
    let array = heap.new_array(0).unwrap();
    let root = heap.root(array);
    keep(&root);
    collect_while_read(&mut heap, &root);
}
