//! Objects that machine code did without, made when it is left.
//!
//! Invariant: the words written here lie within an object that was made a moment ago and that nobody has seen yet, so no
//! barrier is needed; and nothing is collected in between.
#![allow(unsafe_code, reason = "writes fields by their descriptors")]

use super::memory::Heap;
use super::object::Tag;
use crate::trace::{Access, Layout, Width};

impl Heap {
    /// A new object with `len` elements, all zero, beyond the limit if need be; `true` if it was.
    pub(crate) fn alloc_always(&mut self, layout: &Layout, len: usize) -> (u64, bool) {
        let tag = Tag(layout.tag);
        match self.alloc_words(tag, layout.size, layout.elem_size, len, len) {
            Ok(address) => (address, false),
            Err(_) => {
                let (size, elem_size) = (layout.size, layout.elem_size);
                (self.alloc_beyond_limit(tag, size, elem_size, len), true)
            }
        }
    }

    /// Writes a field or element of a new object.
    pub(crate) fn fill(&mut self, access: &Access, object: u64, index: Option<i64>, word: u64) {
        let bytes = u64::from(access.width.bytes());
        let at = object + u64::from(access.offset) + index.unwrap_or(0) as u64 * bytes;
        // SAFETY: the trace stores to this field or element of an object of this layout and length, which was made just now.
        unsafe {
            match access.width {
                Width::Word(_) => (at as *mut u64).write(word),
                Width::Half => (at as *mut u32).write(word as u32),
                Width::Byte => (at as *mut u8).write(word as u8),
            }
        }
    }
}
