//! Memory for objects: chunks from the system, a bump pointer, a limit.
//!
//! Invariant: memory beyond the bump pointer is zero, so a new object's fields and elements are zero.
#![allow(unsafe_code, reason = "hands out raw memory as objects")]

use super::gc::{Gc, LEN_OFFSET};
use super::object::{Object, Tag};
use super::shape::ShapeTable;
use std::alloc::{Layout as Shape, alloc_zeroed, dealloc};
use std::any::TypeId;
use std::fmt;
use std::ptr::NonNull;

/// The heap's limit would be exceeded.
///
/// ```
/// use holloway::Heap;
///
/// let mut heap = Heap::new();
/// heap.set_limit(1 << 20);
/// let error = heap.new_array(1 << 20).unwrap_err();
/// assert_eq!(error.limit, 1 << 20);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfMemory {
    /// Bytes that were asked for.
    pub wanted: usize,
    /// The limit in bytes.
    pub limit: usize,
}

impl fmt::Display for OutOfMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "out of memory: {} more bytes wanted, limit {}", self.wanted, self.limit)
    }
}

impl std::error::Error for OutOfMemory {}

/// A heap. It belongs to one thread.
///
/// ```
/// use holloway::{Heap, Val};
///
/// let mut heap = Heap::new();
/// let array = heap.array_filled(3, Val::float(0.0))?;
/// assert_eq!(array.count(), 3);
/// # Ok::<(), holloway::OutOfMemory>(())
/// ```
pub struct Heap {
    next: usize,
    end: usize,
    chunks: Vec<(NonNull<u8>, Shape)>,
    reserved: usize,
    limit: usize,
    types: Vec<Option<TypeId>>,
    /// Shapes and symbols.
    pub(crate) shapes: ShapeTable,
}

const FIRST_CHUNK: usize = 64 << 10;
const LARGEST_CHUNK: usize = 16 << 20;

impl Default for Heap {
    fn default() -> Self {
        Heap::new()
    }
}

impl Heap {
    /// The limit unless [`Heap::set_limit`] says otherwise: 8 GiB.
    pub const DEFAULT_LIMIT: usize = 8 << 30;

    /// An empty heap.
    pub fn new() -> Heap {
        Heap {
            next: 0,
            end: 0,
            chunks: Vec::new(),
            reserved: 0,
            limit: Heap::DEFAULT_LIMIT,
            types: vec![None; Tag::LAST_OBJECT.0 as usize + 1],
            shapes: ShapeTable::default(),
        }
    }

    /// Allows at most this many bytes.
    pub fn set_limit(&mut self, bytes: usize) {
        self.limit = bytes;
    }

    /// Bytes taken from the system.
    pub fn reserved(&self) -> usize {
        self.reserved
    }

    /// The stretches of addresses in which objects lie: for reports, which must not show addresses.
    pub(crate) fn stretches(&self) -> Vec<std::ops::Range<u64>> {
        let stretch = |&(start, shape): &(NonNull<u8>, Shape)| {
            let start = start.as_ptr() as u64;
            start..start + shape.size() as u64
        };
        self.chunks.iter().map(stretch).collect()
    }

    /// Makes sure that `bytes` more would fit the limit, before work that would need them.
    pub fn check_room(&self, bytes: usize) -> Result<(), OutOfMemory> {
        if self.reserved.saturating_add(bytes) > self.limit {
            return Err(OutOfMemory { wanted: bytes, limit: self.limit });
        }
        Ok(())
    }

    /// A new object, all zero, with room for `capacity` trailing elements, of which `len` are in use.
    ///
    /// Fields that hold a `Gc` must be set before they are read; `#[derive(Object)]` makes constructors that do.
    ///
    /// # Safety
    /// The caller sets all fields that zero is no valid value of before anybody else sees the object.
    ///
    /// # Panics
    /// If another type was allocated under the same tag, or `len > capacity`.
    #[doc(hidden)]
    pub unsafe fn alloc<T: Object>(
        &mut self,
        len: usize,
        capacity: usize,
    ) -> Result<Gc<T>, OutOfMemory> {
        let known = &mut self.types[T::TAG.0 as usize];
        let id = TypeId::of::<T>();
        assert!(*known.get_or_insert(id) == id, "two layouts share the tag {}", T::TAG.0);
        assert!(len <= capacity, "length beyond the capacity");
        let address = self.alloc_words(T::TAG, T::SIZE, T::ELEM_SIZE, len, capacity)?;
        // SAFETY: memory of this layout, all zero but for its header, made for it just now.
        Ok(unsafe { Gc::from_address(address) })
    }

    /// The untyped part of [`Heap::alloc`], which machine code calls as well.
    pub(crate) fn alloc_words(
        &mut self,
        tag: Tag,
        size: u32,
        elem_size: u32,
        len: usize,
        capacity: usize,
    ) -> Result<u64, OutOfMemory> {
        let too_large = OutOfMemory { wanted: capacity, limit: self.limit };
        if capacity > u32::MAX as usize {
            return Err(too_large);
        }
        let bytes = (size as usize + capacity * elem_size as usize).next_multiple_of(8);
        let address = self.take(bytes)? as *mut u64;
        // SAFETY: `take` gave at least a header's worth of fresh memory, and a length word where there are elements.
        unsafe {
            address.write(tag.0 as u64 | (capacity as u64) << 32);
            if elem_size != 0 {
                address.byte_add(LEN_OFFSET as usize).write(len as u64);
            }
        }
        Ok(address as u64)
    }

    /// As [`Heap::alloc_words`] without regard to the limit, for machine code that is about to leave.
    pub(crate) fn alloc_beyond_limit(
        &mut self,
        tag: Tag,
        size: u32,
        elem_size: u32,
        len: usize,
    ) -> u64 {
        let limit = std::mem::replace(&mut self.limit, usize::MAX);
        let made = self.alloc_words(tag, size, elem_size, len, len);
        self.limit = limit;
        // The system itself is out of memory: nothing can go on.
        made.unwrap_or_else(|_| std::process::abort())
    }

    #[inline]
    fn take(&mut self, bytes: usize) -> Result<usize, OutOfMemory> {
        if bytes > self.end - self.next {
            self.add_chunk(bytes)?;
        }
        let address = self.next;
        self.next += bytes;
        Ok(address)
    }

    #[cold]
    fn add_chunk(&mut self, bytes: usize) -> Result<(), OutOfMemory> {
        let usual = (FIRST_CHUNK << self.chunks.len().min(16)).min(LARGEST_CHUNK);
        let mut size = bytes.max(usual);
        if self.reserved + size > self.limit {
            size = bytes; // the last bit of room below the limit
        }
        self.check_room(size)?;
        let refused = OutOfMemory { wanted: size, limit: self.limit };
        let shape =
            Shape::from_size_align(size.next_multiple_of(4096), 4096).map_err(|_| refused)?;
        // SAFETY: the size is not zero.
        let chunk = NonNull::new(unsafe { alloc_zeroed(shape) }).ok_or(refused)?;
        self.chunks.push((chunk, shape));
        self.reserved += shape.size();
        self.next = chunk.as_ptr() as usize;
        self.end = self.next + shape.size();
        Ok(())
    }
}

impl Drop for Heap {
    fn drop(&mut self) {
        for (chunk, shape) in self.chunks.drain(..) {
            // SAFETY: allocated with this shape, and given back once.
            unsafe { dealloc(chunk.as_ptr(), shape) }
        }
    }
}
