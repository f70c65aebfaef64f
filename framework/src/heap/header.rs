//! The header word of an object, and what the collector notes in it.
//!
//! ```text
//! bits 0 .. 7     tag
//! bit  8          clean: old, and not in the remembered set; the write barrier tests this bit and nothing else
//! bit  9          mark, in the colour of the last marking (its meaning changes with each)
//! bit  10         hashed: it has an entry in the table of identity hashes
//! bits 16 .. 23   1 if frozen: its words never change; set once, before anything is traced that knows the object
//! bits 32 .. 62   capacity of the trailing array; in a layout without one, tags of its first dynamic values, 8 bits each
//! bit  63         moved: the other bits are the address it was moved to
//! ```
//! Invariant: the header of a free cell in old space is 0. Young objects have none of bits 8 and 9.
#![allow(unsafe_code, reason = "reads and writes object headers")]

use super::object::Tag;

/// The header of the object at this address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Header(u64);

/// The largest capacity of a trailing array.
pub(crate) const MAX_CAPACITY: usize = (1 << 31) - 1;

/// Where the capacity lies in the header of a young object, as 4 bytes.
pub(crate) const CAPACITY_OFFSET: i32 = 4;

/// See the module: machine code tests this bit too.
pub(crate) const CLEAN: u64 = 1 << 8;
/// See the module.
pub(crate) const MARK: u64 = 1 << 9;
/// See the module: traces load this byte.
const FROZEN: u64 = 1 << 16;
/// Where it lies in the header.
pub(crate) const FROZEN_OFFSET: u32 = 2;
/// See the module.
const HASHED: u64 = 1 << 10;
/// See the module.
const MOVED: u64 = 1 << 63;

impl Header {
    /// The header of the object at this address.
    #[inline(always)]
    pub(crate) fn of(address: u64) -> Header {
        // SAFETY: whoever has an object's address got it from the heap or from another live object.
        Header(unsafe { (address as *const u64).read() })
    }

    /// The header of a young object.
    #[inline(always)]
    pub(crate) fn new(tag: Tag, capacity: usize) -> Header {
        Header(u64::from(tag.0) | (capacity as u64) << 32)
    }

    /// Puts it there.
    #[inline(always)]
    pub(crate) fn write(self, address: u64) {
        // SAFETY: as in `of`.
        unsafe { (address as *mut u64).write(self.0) }
    }

    #[inline(always)]
    pub(crate) fn bits(self) -> u64 {
        self.0
    }

    #[inline(always)]
    pub(crate) fn tag(self) -> Tag {
        Tag((self.0 & 0xff) as u32)
    }

    /// The tags of dynamic values, the first one lowest.
    #[inline(always)]
    pub(crate) fn tags(self) -> u64 {
        self.0 >> 32
    }

    #[inline(always)]
    pub(crate) fn capacity(self) -> usize {
        (self.0 >> 32 & MAX_CAPACITY as u64) as usize
    }

    #[inline(always)]
    pub(crate) fn is_clean(self) -> bool {
        self.0 & CLEAN != 0
    }

    #[inline(always)]
    pub(crate) fn with_clean(self, clean: bool) -> Header {
        Header(self.0 & !CLEAN | if clean { CLEAN } else { 0 })
    }

    #[inline(always)]
    pub(crate) fn is_frozen(self) -> bool {
        self.0 & FROZEN != 0
    }

    #[inline(always)]
    pub(crate) fn with_frozen(self) -> Header {
        Header(self.0 | FROZEN)
    }

    /// In this colour?
    #[inline(always)]
    pub(crate) fn is_marked(self, colour: u64) -> bool {
        self.0 & MARK == colour
    }

    #[inline(always)]
    pub(crate) fn with_mark(self, colour: u64) -> Header {
        Header(self.0 & !MARK | colour)
    }

    #[inline(always)]
    pub(crate) fn is_hashed(self) -> bool {
        self.0 & HASHED != 0
    }

    #[inline(always)]
    pub(crate) fn with_hash(self) -> Header {
        Header(self.0 | HASHED)
    }

    /// Where the object was moved to.
    #[inline(always)]
    pub(crate) fn moved_to(self) -> Option<u64> {
        (self.0 & MOVED != 0).then_some(self.0 & !MOVED)
    }

    /// What is left where an object was moved away.
    #[inline(always)]
    pub(crate) fn forward(to: u64) -> Header {
        Header(to | MOVED)
    }
}
