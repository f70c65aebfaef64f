//! Objects that machine code did without, made when it is left, and the stores that it has put off.
//!
//! Invariant: nothing is collected in between; an old object that is written is in the remembered set.
#![allow(unsafe_code, reason = "writes fields by their descriptors")]

use super::header::Header;
use super::memory::Heap;
use super::object::Tag;
use super::remembered;
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

    /// Writes a field or element of an object.
    pub(crate) fn fill(&mut self, access: &Access, object: u64, index: Option<i64>, word: u64) {
        let bytes = u64::from(access.width.bytes());
        let at = object + u64::from(access.offset) + index.unwrap_or(0) as u64 * bytes;
        // SAFETY: the trace stores to this field or element of an object of this layout and length, which is alive.
        unsafe {
            match access.width {
                Width::Word(_) => (at as *mut u64).write(word),
                Width::Half => (at as *mut u32).write(word as u32),
                Width::Byte | Width::Tag => (at as *mut u8).write(word as u8),
            }
        }
        if access.may_hold_reference() && Header::of(object).is_clean() {
            remembered::remember(object);
        }
    }
}
