//! The bytes of an object may move when something is allocated: who looks at them borrows the heap.
use holloway::{Heap, Object, OutOfMemory};

#[derive(Object)]
#[object(tag = 16)]
struct Text {
    #[trailing]
    utf8: u8,
}

fn twice(heap: &mut Heap) -> Result<usize, OutOfMemory> {
    let text = Text::alloc(heap, 3, 3)?;
    let bytes = text.bytes(Text::UTF8, heap);
    Text::alloc(heap, bytes.len(), bytes.len())?;
    Ok(bytes.len())
}

fn main() {
    let _ = twice(&mut Heap::new());
}
