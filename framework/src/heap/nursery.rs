//! The nursery: where objects begin.
//!
//! Allocation bumps a pointer through one chunk of memory. When it is used up there is another chunk, and a flag is raised that
//! the next merge point sees. A collection empties all chunks, and the first is filled again, window by window: a window is zeroed
//! shortly before it is used, so that its memory is in the cache by then.
//!
//! Invariant: memory between the bump pointer and the end of the window is zero.
#![allow(unsafe_code, reason = "memory from the system")]

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::cell::Cell;
use std::ops::Range;
use std::ptr::{self, NonNull};
use std::sync::atomic::{AtomicU64, Ordering};

/// The part of a heap that machine code looks at, at an address that stays.
#[repr(C)]
pub struct Bump {
    /// Where the next young object goes.
    pub next: Cell<usize>,
    /// The end of the window.
    pub end: Cell<usize>,
    /// The flag of the runtime that the heap belongs to; null for a heap without runtime.
    pub(crate) signal: Cell<*mut u64>,
}

impl Bump {
    /// No memory, no flag.
    pub(crate) fn new() -> Bump {
        Bump { next: Cell::new(0), end: Cell::new(0), signal: Cell::new(ptr::null_mut()) }
    }

    /// Asks for a collection at the next merge point.
    pub(crate) fn raise(&self) {
        let flag = self.signal.get();
        if !flag.is_null() {
            // SAFETY: the runtime takes its flag away before it goes.
            unsafe { AtomicU64::from_ptr(flag) }.fetch_or(COLLECT, Ordering::Relaxed);
        }
    }

    /// Is there anybody who collects?
    pub(crate) fn is_collected(&self) -> bool {
        !self.signal.get().is_null()
    }
}

/// The bit of the flag that asks for a collection.
pub(crate) const COLLECT: u64 = 2;

/// Young objects may take so much before a collection is due. What is allocated, zeroed again and copied from this way stays in
/// the second-level cache of one core.
pub(crate) const NURSERY: usize = 512 << 10;
/// What does not fit the first chunk goes to further ones, each twice as large, up to this.
const LARGEST: usize = 32 << 20;
/// A collection is asked for when no more than this is left of the first chunk, or an eighth of it: most often one comes before
/// another chunk has to.
const RESERVE: usize = 64 << 10;
/// Where much survives, objects get more time to die: the first chunk doubles, if the language lets it. More than this part of
/// the young objects is much ..
const MUCH: usize = 5;
/// .. and less than this part is little.
const LITTLE: usize = 50;
/// So many collections in a row must agree before the first chunk becomes larger, or smaller.
const AGREE: i32 = 2;
const AGREE_TO_SHRINK: i32 = -32;
/// Bytes of a window.
const WINDOW: usize = 32 << 10;
/// What moved-from memory is filled with under stress.
pub(crate) const POISON: u8 = 0x6b;

/// A stretch of memory.
pub(crate) struct Chunk {
    start: NonNull<u8>,
    bytes: usize,
}

impl Chunk {
    fn new(bytes: usize) -> Option<Chunk> {
        let layout = Chunk::layout(bytes)?;
        // SAFETY: the size is not zero.
        let start = NonNull::new(unsafe { alloc_zeroed(layout) })?;
        // Objects are found by their addresses, which are plain words everywhere.
        let _ = start.as_ptr().expose_provenance();
        Some(Chunk { start, bytes })
    }

    fn layout(bytes: usize) -> Option<Layout> {
        // A small alignment lets the system give memory that it zeroes when it is touched.
        Layout::from_size_align(bytes, 16).ok().filter(|l| l.size() > 0)
    }

    pub(crate) fn range(&self) -> Range<usize> {
        let start = self.start.as_ptr() as usize;
        start..start + self.bytes
    }

    fn fill(&self, upto: usize, byte: u8) {
        let used = upto.saturating_sub(self.range().start).min(self.bytes);
        // SAFETY: within the chunk, in which nothing lives any more.
        unsafe { self.start.as_ptr().write_bytes(byte, used) }
    }
}

impl Drop for Chunk {
    fn drop(&mut self) {
        if let Some(layout) = Chunk::layout(self.bytes) {
            // SAFETY: allocated with this layout, given back once.
            unsafe { dealloc(self.start.as_ptr(), layout) }
        }
    }
}

/// All chunks. The last one is being filled; the others are full.
#[derive(Default)]
pub(crate) struct Nursery {
    chunks: Vec<Chunk>,
    /// Under stress: the memory that was left last, filled with poison.
    left: Option<Chunk>,
    /// First chunk, for a quick answer.
    first: Range<usize>,
    /// The end of the last chunk.
    limit: usize,
    /// From this address to the end of the last chunk nothing has been written since the system gave it.
    fresh: usize,
    /// Bytes of all chunks.
    pub(crate) bytes: usize,
    /// The first chunk becomes no larger by doubling.
    pub(crate) roomiest: usize,
    /// How many times the first chunk is to be doubled.
    doublings: u32,
    /// Collections in a row that much survived; below zero, that little did.
    streak: i32,
}

impl Nursery {
    /// Does a young object lie there?
    #[inline(always)]
    pub(crate) fn contains(&self, address: u64) -> bool {
        self.first.contains(&(address as usize)) || self.chunks.len() > 1 && self.further(address)
    }

    #[cold]
    fn further(&self, address: u64) -> bool {
        self.chunks[1..].iter().any(|c| c.range().contains(&(address as usize)))
    }

    /// The size of the next chunk.
    pub(crate) fn next_bytes(&self) -> usize {
        (NURSERY << self.chunks.len().min(8)).clamp(NURSERY, LARGEST)
    }

    /// Of `used` bytes, so many `survived` a collection: the first chunk becomes larger if that is much again and again, unless it
    /// would take more than `most` bytes, and smaller again if it is little.
    pub(crate) fn adapt(&mut self, survived: usize, used: usize, most: usize) {
        self.streak = if survived > used / MUCH {
            self.streak.max(0) + 1
        } else if survived < used / LITTLE {
            self.streak.min(0) - 1
        } else {
            0
        };
        let doubled = NURSERY << (self.doublings + 1);
        if self.streak >= AGREE && doubled <= self.roomiest.min(most) {
            (self.doublings, self.streak) = (self.doublings + 1, 0);
        } else if self.streak <= AGREE_TO_SHRINK && self.doublings > 0 {
            (self.doublings, self.streak) = (self.doublings - 1, 0);
        }
    }

    /// Takes a first chunk of another size, if there is to be one and the system has it. All are empty.
    fn resize(&mut self) {
        let wanted = NURSERY << self.doublings;
        // It is smaller from the beginning where the heap's limit is low.
        let is_other =
            |chunk: &Chunk| chunk.bytes > wanted || self.doublings > 0 && chunk.bytes < wanted;
        if self.chunks.first().is_some_and(is_other)
            && let Some(chunk) = Chunk::new(wanted)
        {
            self.fresh = chunk.range().start;
            self.chunks = vec![chunk];
        }
    }

    /// Adds a chunk of this size; `false` if the system has none.
    pub(crate) fn add(&mut self, bump: &Bump, bytes: usize) -> bool {
        let Some(chunk) = Chunk::new(bytes) else { return false };
        let range = chunk.range();
        if self.chunks.is_empty() {
            self.first = range.clone();
        }
        self.bytes += bytes;
        self.chunks.push(chunk);
        (self.fresh, self.limit) = (range.start, range.end);
        bump.next.set(range.start);
        bump.end.set(range.end);
        true
    }

    /// Moves the end of the window so that so many bytes fit; `false` if the chunk has not so many left.
    pub(crate) fn extend(&mut self, bump: &Bump, bytes: usize) -> bool {
        let (next, end) = (bump.next.get(), bump.end.get());
        if bytes > self.limit - next {
            return false;
        }
        let to = (next + bytes).max(end + WINDOW).min(self.limit);
        let used_before = end..to.min(self.fresh);
        if !used_before.is_empty() {
            // SAFETY: within the last chunk, behind all objects.
            unsafe { (used_before.start as *mut u8).write_bytes(0, used_before.len()) };
        }
        bump.end.set(to);
        if bytes > 0 && self.chunks.len() == 1 && self.limit - to <= RESERVE.min(self.bytes / 8) {
            bump.raise();
        }
        true
    }

    /// Has nothing been allocated?
    pub(crate) fn is_empty(&self, bump: &Bump) -> bool {
        self.chunks.len() <= 1 && bump.next.get() == self.first.start
    }

    /// Bytes of young objects, about.
    pub(crate) fn used(&self, bump: &Bump) -> usize {
        self.bytes - (self.limit - bump.next.get())
    }

    /// Everything that lived here has been moved away: begins anew.
    pub(crate) fn empty(&mut self, bump: &Bump, poison: bool) {
        let last = self.chunks.len().wrapping_sub(1);
        for (i, chunk) in self.chunks.iter().enumerate() {
            let upto = if i == last { bump.next.get() } else { chunk.range().end };
            if poison {
                chunk.fill(upto, POISON);
            }
            if i == 0 {
                // Of several chunks, the first is full.
                self.fresh = if last == 0 { self.fresh.max(upto) } else { upto };
            }
        }
        self.chunks.truncate(1);
        if poison && let Some(chunk) = self.chunks.pop() {
            let spare = self.left.replace(chunk);
            if let Some(spare) = spare {
                spare.fill(spare.range().end, 0);
                self.fresh = spare.range().start;
                self.chunks.push(spare);
            }
        }
        if !poison {
            self.resize();
        }
        self.first = self.chunks.first().map_or(0..0, Chunk::range);
        self.bytes = self.first.len();
        self.limit = self.first.end;
        bump.next.set(self.first.start);
        bump.end.set(self.first.start);
        self.extend(bump, 0);
    }

    /// Where objects may lie.
    pub(crate) fn stretches(&self) -> impl Iterator<Item = Range<u64>> {
        self.chunks.iter().map(|c| c.range().start as u64..c.range().end as u64)
    }
}
