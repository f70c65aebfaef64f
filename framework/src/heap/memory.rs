//! Allocation: a bump pointer through the nursery, old space for what is large or meant to stay, a limit.
//!
//! Allocation never collects. When the nursery is used up it takes more memory and asks for a collection at the next merge point;
//! so does memory beyond the limit, up to twice the limit: only the collection there can tell if the guest really needs it.
//!
//! Invariant: memory beyond the bump pointer is zero, so a new object's fields and elements are zero.
#![allow(unsafe_code, reason = "hands out raw memory as objects")]

use super::blocks::OldSpace;
use super::gc::{Gc, LEN_OFFSET};
use super::header::{Header, MAX_CAPACITY};
use super::identity::Identities;
use super::layouts::Layouts;
use super::mark::Marking;
use super::nursery::{Bump, Nursery};
use super::object::{Object, Tag};
use super::remembered::Remembered;
use super::roots::Handles;
use super::shape::ShapeTable;
use super::stats::HeapStats;
use super::weak::Watches;
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

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
/// use holloway::Heap;
///
/// let mut heap = Heap::new();
/// heap.set_limit(1 << 20);
/// assert!(heap.array_filled(1 << 20, holloway::Val::NIL).is_err());
/// assert!(heap.array_filled(1 << 10, holloway::Val::NIL).is_ok());
/// ```
pub struct Heap {
    pub(crate) bump: Rc<Bump>,
    pub(super) nursery: Nursery,
    pub(super) layouts: Rc<Layouts>,
    pub(super) old: OldSpace,
    pub(super) remembered: Rc<Remembered>,
    pub(super) marking: Marking,
    /// Promoted objects whose children have not been visited.
    pub(super) promoted: Vec<u64>,
    pub(super) handles: Rc<Handles>,
    pub(super) identities: RefCell<Identities>,
    pub(super) watches: Watches,
    pub(super) limit: usize,
    /// Bytes beyond the limit that may be used while the guest deals with the error that it is exceeded.
    pub(super) reserve: usize,
    /// Objects are made in old space; where the nursery's window ends.
    tenuring: Option<usize>,
    /// Bytes of objects made in old space since the last collection.
    pub(super) direct: usize,
    /// Collections check the heap, and fill the memory that they leave.
    pub(crate) stressed: bool,
    /// Under stress: the number of the collection that is checked next.
    pub(super) verify_at: u64,
    pub(super) stats: HeapStats,
    /// Shapes and symbols.
    pub(crate) shapes: ShapeTable,
}

/// What is larger begins in old space.
const LARGE: usize = 64 << 10;
/// The nursery's size if there are collections all the time, each of which cleans it.
const STRESSED: usize = 32 << 10;
/// So much may be made in old space before a collection is due.
const DIRECT: usize = 8 << 20;

impl Default for Heap {
    fn default() -> Self {
        Heap::new()
    }
}

impl Heap {
    /// The limit unless [`Heap::set_limit`] says otherwise: 8 GiB.
    pub const DEFAULT_LIMIT: usize = 8 << 30;

    /// An empty heap.
    ///
    /// ```
    /// let heap = holloway::Heap::new();
    /// assert_eq!(heap.used(), 0);
    /// ```
    pub fn new() -> Heap {
        let remembered = Rc::new(Remembered::default());
        Heap {
            bump: Rc::new(Bump::new()),
            nursery: Nursery::default(),
            layouts: Rc::default(),
            old: OldSpace::new(Rc::clone(&remembered)),
            remembered,
            marking: Marking::default(),
            promoted: Vec::new(),
            handles: Rc::default(),
            identities: RefCell::default(),
            watches: Watches::default(),
            limit: Heap::DEFAULT_LIMIT,
            reserve: 0,
            tenuring: None,
            direct: 0,
            stressed: false,
            verify_at: 0,
            stats: HeapStats::default(),
            shapes: ShapeTable::default(),
        }
    }

    /// Allows at most this many bytes.
    ///
    /// ```
    /// # use holloway::{Heap, Val};
    /// let mut heap = Heap::new();
    /// heap.set_limit(1 << 20);
    /// assert!(heap.array_filled(1 << 20, Val::NIL).is_err());
    /// assert!(heap.array_filled(10, Val::NIL).is_ok());
    /// ```
    pub fn set_limit(&mut self, bytes: usize) {
        self.limit = bytes;
        self.old.keep_spare(bytes / 4);
    }

    /// Lets the nursery double while much of what is young survives, up to so many bytes and a sixteenth of the limit: fewer objects
    /// are copied that would have died, but the longest pause grows, by about 3 ms for a MiB. Beyond 4 MiB it takes no
    /// more than a quarter of what old objects take. If nobody asks, it stays 512 KiB.
    ///
    /// ```
    /// let mut heap = holloway::Heap::new();
    /// heap.set_nursery(4 << 20); // throughput matters more than pauses
    /// ```
    pub fn set_nursery(&mut self, bytes: usize) {
        self.nursery.roomiest = bytes;
    }

    /// How many bytes are allowed.
    ///
    /// ```
    /// # use holloway::Heap;
    /// assert_eq!(Heap::new().limit(), Heap::DEFAULT_LIMIT);
    /// ```
    pub fn limit(&self) -> usize {
        self.limit
    }

    /// Bytes taken from the system.
    ///
    /// ```
    /// let heap = holloway::Heap::new();
    /// assert_eq!(heap.reserved(), 0); // it takes memory when the first object is made
    /// ```
    pub fn reserved(&self) -> usize {
        self.old.reserved + self.nursery.bytes
    }

    /// Bytes of objects, those included that are dead and have not been found to be.
    ///
    /// ```
    /// # use holloway::{Heap, OutOfMemory, Val};
    /// let mut heap = Heap::new();
    /// heap.array_filled(1000, Val::NIL)?;
    /// assert!(heap.used() >= 8000 && heap.reserved() >= heap.used());
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    pub fn used(&self) -> usize {
        self.old.bytes + self.nursery.used(&self.bump)
    }

    /// The stretches of addresses in which objects lie: for reports, which must not show addresses.
    pub(crate) fn stretches(&self) -> Vec<std::ops::Range<u64>> {
        self.nursery.stretches().chain(self.old.stretches()).collect()
    }

    /// Makes sure that `bytes` more may be allocated, before work that would need them.
    ///
    /// ```
    /// # use holloway::Heap;
    /// let mut heap = Heap::new();
    /// heap.set_limit(1 << 20);
    /// // Before a big integer of a gigabyte is computed, outside of the heap:
    /// assert!(heap.check_room(1 << 30).is_err());
    /// assert!(heap.check_room(1000).is_ok());
    /// ```
    pub fn check_room(&self, bytes: usize) -> Result<(), OutOfMemory> {
        let after = self.used().saturating_add(bytes);
        // What is used may be garbage: if there is a collector, it is asked before the guest is told.
        let lenient = self.bump.is_collected() && bytes <= self.limit;
        let allowed = self.limit.saturating_add(self.reserve);
        if after > allowed && !(lenient && after / 2 <= allowed) {
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
    #[inline]
    pub unsafe fn alloc<T: Object>(
        &mut self,
        len: usize,
        capacity: usize,
    ) -> Result<Gc<T>, OutOfMemory> {
        if !self.layouts.knows::<T>() {
            Rc::get_mut(&mut self.layouts).expect("no collection is under way").add::<T>();
        }
        assert!(len <= capacity, "length beyond the capacity");
        let address = self.alloc_words(T::TAG, T::SIZE, T::ELEM_SIZE, len, capacity)?;
        // SAFETY: memory of this layout, all zero but for its header, made for it just now.
        Ok(unsafe { Gc::from_address(address) })
    }

    /// The untyped part of [`Heap::alloc`], which machine code calls as well.
    #[inline]
    pub(crate) fn alloc_words(
        &mut self,
        tag: Tag,
        size: u32,
        elem_size: u32,
        len: usize,
        capacity: usize,
    ) -> Result<u64, OutOfMemory> {
        if capacity > MAX_CAPACITY {
            return Err(OutOfMemory { wanted: capacity, limit: self.limit });
        }
        let bytes = (size as usize + capacity * elem_size as usize).next_multiple_of(8);
        let (next, end) = (self.bump.next.get(), self.bump.end.get());
        let address = if bytes <= end - next && bytes <= LARGE {
            self.bump.next.set(next + bytes);
            Header::new(tag, capacity).write(next as u64);
            next as u64
        } else {
            self.alloc_slowly(Header::new(tag, capacity), bytes)?
        };
        if elem_size != 0 {
            // SAFETY: objects with a trailing array have a length word behind their header.
            unsafe { ((address + u64::from(LEN_OFFSET)) as *mut u64).write(len as u64) };
        }
        Ok(address)
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

    /// Is there no hurry to collect, unless the young objects take as many bytes?
    pub(crate) fn may_wait(&self, bytes: usize) -> bool {
        let young = self.nursery.used(&self.bump);
        young < bytes && self.direct == 0 && self.used() + bytes < self.limit / 2
    }

    #[cold]
    #[inline(never)]
    fn alloc_slowly(&mut self, header: Header, bytes: usize) -> Result<u64, OutOfMemory> {
        if self.tenuring.is_some() || bytes > LARGE {
            return self.alloc_old(header, bytes);
        }
        if self.nursery.extend(&self.bump, bytes) {
            let address = self.bump.next.get();
            self.bump.next.set(address + bytes);
            header.write(address as u64);
            return Ok(address as u64);
        }
        let refused = OutOfMemory { wanted: bytes, limit: self.limit };
        let (first, mut size) = (self.nursery.bytes == 0, self.nursery.next_bytes());
        if first {
            let most = if self.stressed { STRESSED } else { self.limit / 4 };
            size = size.min(most.max(bytes)).next_multiple_of(4096);
        } else if self.check_room(size).is_err() {
            size = bytes; // the last bit of room below the limit
        }
        self.check_room(bytes)?;
        if !self.nursery.add(&self.bump, size) {
            return Err(refused);
        }
        if !first {
            self.bump.raise();
        }
        let address = self.bump.next.get();
        self.bump.next.set(address + bytes);
        header.write(address as u64);
        Ok(address as u64)
    }

    /// An object in old space, all zero. It is in the remembered set from the beginning, so that nobody needs a barrier who
    /// believes it young.
    fn alloc_old(&mut self, header: Header, bytes: usize) -> Result<u64, OutOfMemory> {
        self.check_room(bytes)?;
        let refused = OutOfMemory { wanted: bytes, limit: self.limit };
        let address = self.old.allocate(bytes).ok_or(refused)?;
        // SAFETY: a cell of at least as many bytes.
        unsafe { (address as *mut u8).write_bytes(0, bytes) };
        self.marking.count_new(OldSpace::footprint(bytes));
        header.with_mark(self.marking.colour).write(address);
        self.remembered.add(address);
        self.direct += OldSpace::footprint(bytes);
        if self.direct > DIRECT.min(self.limit / 4) || self.used() > self.limit {
            self.bump.raise();
        }
        Ok(address)
    }

    /// Allocates in old space what `make` allocates: for objects that live long, and whose addresses stand where nobody can
    /// change them (constants of code). They never move, but are collected like all others if no root leads to them.
    ///
    /// ```
    /// use holloway::Heap;
    ///
    /// let mut heap = Heap::new();
    /// let array = heap.tenured(|heap| heap.new_array(4))?;
    /// let root = heap.root(array);
    /// heap.collect_rooted();
    /// assert!(root.get(&heap) == array);
    /// # Ok::<(), holloway::OutOfMemory>(())
    /// ```
    pub fn tenured<R>(&mut self, make: impl FnOnce(&mut Heap) -> R) -> R {
        let before = self.set_tenuring(true);
        let made = make(self);
        self.set_tenuring(before);
        made
    }

    /// From now on, are objects made in old space, as in [`Heap::tenured`]? Answers if they were before.
    ///
    /// ```
    /// # use holloway::{Heap, OutOfMemory};
    /// let mut heap = Heap::new();
    /// heap.set_tenuring(true); // a compiler begins to make constants
    /// let constant = heap.new_array(0)?;
    /// heap.set_tenuring(false);
    /// let root = heap.root(constant);
    /// heap.collect_rooted();
    /// assert!(root.get(&heap) == constant, "it did not move");
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    pub fn set_tenuring(&mut self, on: bool) -> bool {
        let before = self.tenuring.is_some();
        if on && !before {
            // No room for young objects: all allocation goes the slow way.
            self.tenuring = Some(self.bump.end.replace(self.bump.next.get()));
        } else if !on && let Some(end) = self.tenuring.take() {
            self.bump.end.set(end);
        }
        before
    }

    /// The nursery begins anew, but objects are made in old space still: there is no room, and its first window is what comes back.
    pub(super) fn stay_tenuring(&mut self) {
        if let Some(end) = &mut self.tenuring {
            *end = self.bump.end.replace(self.bump.next.get());
        }
    }

    /// Is this the address of an object, or 0? A number is not taken for one, unless it happens to be the address of another object.
    pub(crate) fn holds(&self, word: u64) -> bool {
        word == 0 || self.nursery.contains(word) && word.is_multiple_of(8) || self.old.holds(word)
    }

    /// Is this object young, that is, will the next collection move it?
    pub(crate) fn is_young(&self, address: u64) -> bool {
        self.nursery.contains(address)
    }
}
