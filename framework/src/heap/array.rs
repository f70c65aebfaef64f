//! Arrays of dynamic values with storage strategies.
//!
//! While all elements share one tag (all ints, all floats, all arrays ..) the storage holds bare payload words, one each, and
//! the storage knows the tag: its *kind*. The first element of another tag turns the array to kind [`Tag::MIXED`], whose storage
//! holds tag and payload of each. (Storage strategies: Bolz, Diekmann & Tratt, OOPSLA 2013; here one strategy serves any tag.)
//!
//! Invariant: the kind is `EMPTY` (no element yet), `MIXED`, or the tag of every element; the storage's length in words is the
//! array's length, times two if mixed.
#![allow(unsafe_code, reason = "payload words of one kind are read back as values of this kind")]

use super::gc::Gc;
use super::memory::{Heap, OutOfMemory};
use super::object::{ElemKind, Elems, Field, Object, StoredKind, Tag};
use super::val::Val;
use crate::trace::Mutability;

/// A growable array of dynamic values.
///
/// ```
/// use holloway::{Heap, Tag, Val};
///
/// let mut heap = Heap::new();
/// let array = heap.array_of(&[Val::int(1), Val::int(2)])?;
/// assert_eq!(array.kind(), Tag::INT); // bare words
/// array.push(&mut heap, Val::NIL)?;
/// assert_eq!(array.kind(), Tag::MIXED); // pairs
/// assert_eq!((array.count(), array.load(1)), (3, Some(Val::int(2))));
/// # Ok::<(), holloway::OutOfMemory>(())
/// ```
pub struct Array(());

/// The words of an [`Array`].
pub struct Storage(());

// SAFETY: header, storage.
unsafe impl Object for Array {
    const TAG: Tag = Tag::ARRAY;
    const NAME: &'static str = "Array";
    const SIZE: u32 = 16;
    const ELEM_SIZE: u32 = 0;
    const FIELDS: &'static [(u32, StoredKind)] = &[(8, StoredKind::Ref)];
    const ELEMS: ElemKind = ElemKind::Plain;
}

// SAFETY: header, length, kind, words.
unsafe impl Object for Storage {
    const TAG: Tag = Tag::STORAGE;
    const NAME: &'static str = "Storage";
    const SIZE: u32 = 24;
    const ELEM_SIZE: u32 = 8;
    const FIELDS: &'static [(u32, StoredKind)] = &[];
    const ELEMS: ElemKind = ElemKind::ByTag(Storage::KIND.offset);
}

impl Array {
    /// The elements.
    // SAFETY: the layout above; set when the array is made.
    pub(crate) const STORAGE: Field<Array, Gc<Storage>> =
        unsafe { Field::new("Array.storage", 8, Mutability::Mutable) };
}

impl Storage {
    /// The tag of all elements, or `EMPTY`, or `MIXED`.
    // SAFETY: the layout above; set when the storage is made.
    pub(crate) const KIND: Field<Storage, Tag> =
        unsafe { Field::new("Storage.kind", 16, Mutability::Mutable) };
    /// The words.
    // SAFETY: the layout above.
    pub(crate) const WORDS: Elems<Storage, i64> =
        unsafe { Elems::new("Storage[]", Mutability::Mutable) };
}

/// The largest number of elements.
pub const MAX_LEN: usize = 1 << 30;

impl Heap {
    /// An empty array with room for `capacity` elements of one kind.
    ///
    /// ```
    /// # use holloway::{Heap, OutOfMemory, Tag, Val};
    /// let mut heap = Heap::new();
    /// let primes = heap.new_array(4)?;
    /// primes.push(&mut heap, Val::int(2))?;
    /// assert_eq!((primes.count(), primes.kind()), (1, Tag::INT));
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    pub fn new_array(&mut self, capacity: usize) -> Result<Gc<Array>, OutOfMemory> {
        let storage = self.new_storage(Tag::EMPTY, 0, capacity)?;
        // SAFETY: the field is set at once.
        let array = unsafe { self.alloc::<Array>(0, 0)? };
        array.set(Array::STORAGE, storage);
        Ok(array)
    }

    /// A storage of `len` words, all zero, which must be set if they are to be references.
    fn new_storage(
        &mut self,
        kind: Tag,
        len: usize,
        capacity: usize,
    ) -> Result<Gc<Storage>, OutOfMemory> {
        // SAFETY: words may be zero; the kind is set at once.
        let storage = unsafe { self.alloc::<Storage>(len, capacity)? };
        storage.set(Storage::KIND, kind);
        Ok(storage)
    }

    /// An array of these elements.
    ///
    /// ```
    /// # use holloway::{Heap, OutOfMemory, Val};
    /// let mut heap = Heap::new();
    /// let pair = heap.array_of(&[Val::int(1), Val::TRUE])?;
    /// assert_eq!(pair.to_vec(), [Val::int(1), Val::TRUE]);
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    pub fn array_of(&mut self, values: &[Val]) -> Result<Gc<Array>, OutOfMemory> {
        let array = self.new_array(values.len())?;
        for &v in values {
            array.push(self, v)?;
        }
        Ok(array)
    }

    /// An array of `len` copies of `value`.
    ///
    /// ```
    /// # use holloway::{Heap, OutOfMemory, Val};
    /// let mut heap = Heap::new();
    /// let sieve = heap.array_filled(100, Val::FALSE)?;
    /// assert_eq!((sieve.count(), sieve.load(99)), (100, Some(Val::FALSE)));
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    pub fn array_filled(&mut self, len: usize, value: Val) -> Result<Gc<Array>, OutOfMemory> {
        let array = self.new_array(len)?;
        if len > 0 {
            let storage = array.get(Array::STORAGE);
            storage.set(Storage::KIND, value.tag());
            storage.set_len(len);
            for i in 0..len {
                storage.set_at(Storage::WORDS, i, value.bits() as i64);
            }
            storage.noting(value.tag());
        }
        Ok(array)
    }
}

impl Gc<Storage> {
    /// Values of this tag were stored, or words of a storage of this kind: the collector must know if they are references.
    #[inline(always)]
    pub(crate) fn noting(self, kind: Tag) {
        if kind.is_object() || kind == Tag::MIXED {
            self.barrier();
        }
    }
}

impl Gc<Array> {
    /// The tag of all elements, or `EMPTY`, or `MIXED`.
    ///
    /// ```
    /// # use holloway::{Heap, OutOfMemory, Tag, Val};
    /// let mut heap = Heap::new();
    /// let array = heap.array_of(&[Val::int(1)])?;
    /// assert_eq!(array.kind(), Tag::INT);
    /// array.push(&mut heap, Val::float(0.5))?; // elements differ from now on
    /// assert_eq!(array.kind(), Tag::MIXED);
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    #[inline]
    pub fn kind(self) -> Tag {
        self.get(Array::STORAGE).get(Storage::KIND)
    }

    /// How many elements.
    ///
    /// ```
    /// # use holloway::{Heap, OutOfMemory, Val};
    /// let mut heap = Heap::new();
    /// assert_eq!(heap.array_filled(3, Val::NIL)?.count(), 3);
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    #[inline]
    pub fn count(self) -> usize {
        let words = self.get(Array::STORAGE).len();
        if self.kind() == Tag::MIXED { words / 2 } else { words }
    }

    /// An element; `None` if there is none at this index.
    ///
    /// ```
    /// # use holloway::{Heap, OutOfMemory, Val};
    /// let mut heap = Heap::new();
    /// let array = heap.array_of(&[Val::int(7)])?;
    /// assert_eq!((array.load(0), array.load(1)), (Some(Val::int(7)), None));
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    #[inline]
    pub fn load(self, index: usize) -> Option<Val> {
        let storage = self.get(Array::STORAGE);
        let kind = self.kind();
        let (tag, at) = if kind == Tag::MIXED {
            (storage.at(Storage::WORDS, index.checked_mul(2)?)? as u64, index * 2 + 1)
        } else {
            (kind.0 as u64, index)
        };
        let bits = storage.at(Storage::WORDS, at)? as u64;
        // SAFETY: the payload was stored with this tag.
        Some(unsafe { Val::from_words(tag, bits) })
    }

    /// Changes an element; `Ok(false)` if there is none at this index. Storing a value of another tag makes the array mixed.
    ///
    /// ```
    /// # use holloway::{Heap, OutOfMemory, Val};
    /// let mut heap = Heap::new();
    /// let array = heap.array_of(&[Val::int(7)])?;
    /// assert!(array.store(&mut heap, 0, Val::NIL)?);
    /// assert!(!array.store(&mut heap, 1, Val::NIL)?, "there is no such element");
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    pub fn store(self, heap: &mut Heap, index: usize, value: Val) -> Result<bool, OutOfMemory> {
        if index >= self.count() {
            return Ok(false);
        }
        if self.kind() != value.tag() {
            self.make_mixed(heap, 0)?;
        }
        self.put(index, value);
        Ok(true)
    }

    /// Changes an element if that needs no change of kind; `false` if it does, or if there is none at this index.
    ///
    /// ```
    /// # use holloway::{Heap, OutOfMemory, Val};
    /// let mut heap = Heap::new();
    /// let ints = heap.array_filled(3, Val::int(0))?;
    /// assert!(ints.replace(1, Val::int(7)));
    /// assert!(!ints.replace(1, Val::NIL), "the words would have to become pairs: `store` does that");
    /// assert!(!ints.replace(3, Val::int(7)));
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    pub fn replace(self, index: usize, value: Val) -> bool {
        let fits = self.kind() == Tag::MIXED || self.kind() == value.tag();
        let found = fits && index < self.count();
        if found {
            self.put(index, value);
        }
        found
    }

    /// Appends an element.
    ///
    /// ```
    /// # use holloway::{Heap, OutOfMemory, Val};
    /// let mut heap = Heap::new();
    /// let array = heap.new_array(0)?;
    /// for n in 0..10 {
    ///     array.push(&mut heap, Val::int(n))?;
    /// }
    /// assert_eq!(array.count(), 10);
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    pub fn push(self, heap: &mut Heap, value: Val) -> Result<(), OutOfMemory> {
        let count = self.count();
        if self.kind() == Tag::EMPTY || count == 0 && self.kind() != Tag::MIXED {
            self.get(Array::STORAGE).set(Storage::KIND, value.tag());
        } else if self.kind() != value.tag() {
            self.make_mixed(heap, 1)?;
        }
        let per = if self.kind() == Tag::MIXED { 2 } else { 1 };
        if (count + 1) * per > self.get(Array::STORAGE).capacity() {
            self.grow(heap, count + 1)?;
        }
        self.get(Array::STORAGE).set_len((count + 1) * per);
        self.put(count, value);
        Ok(())
    }

    /// Removes the last element.
    ///
    /// ```
    /// # use holloway::{Heap, OutOfMemory, Val};
    /// let mut heap = Heap::new();
    /// let array = heap.array_of(&[Val::int(7)])?;
    /// assert_eq!((array.pop(), array.pop()), (Some(Val::int(7)), None));
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    pub fn pop(self) -> Option<Val> {
        let last = self.count().checked_sub(1)?;
        let value = self.load(last);
        self.truncate(last);
        value
    }

    /// Keeps the first `count` elements.
    ///
    /// ```
    /// # use holloway::{Heap, OutOfMemory, Val};
    /// let mut heap = Heap::new();
    /// let array = heap.array_filled(5, Val::NIL)?;
    /// array.truncate(2);
    /// assert_eq!(array.count(), 2);
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    pub fn truncate(self, count: usize) {
        if count < self.count() {
            let per = if self.kind() == Tag::MIXED { 2 } else { 1 };
            self.get(Array::STORAGE).set_len(count * per);
        }
    }

    /// The elements, copied.
    ///
    /// ```
    /// # use holloway::{Heap, OutOfMemory, Val};
    /// let mut heap = Heap::new();
    /// let mut sorted = heap.array_of(&[Val::int(3), Val::int(1)])?.to_vec();
    /// sorted.sort_by_key(|v| v.as_int());
    /// assert_eq!(sorted, [Val::int(1), Val::int(3)]);
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    pub fn to_vec(self) -> Vec<Val> {
        (0..self.count()).filter_map(|i| self.load(i)).collect()
    }

    /// Replaces all elements.
    ///
    /// ```
    /// # use holloway::{Heap, OutOfMemory, Val};
    /// let mut heap = Heap::new();
    /// let array = heap.array_of(&[Val::int(3), Val::int(1)])?;
    /// array.assign(&mut heap, &[Val::int(1), Val::int(3)])?; // the same array, by identity
    /// assert_eq!(array.load(0), Some(Val::int(1)));
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    pub fn assign(self, heap: &mut Heap, values: &[Val]) -> Result<(), OutOfMemory> {
        let fresh = heap.array_of(values)?;
        self.set(Array::STORAGE, fresh.get(Array::STORAGE));
        Ok(())
    }

    /// Writes both words or one, as the kind says, which fits the value.
    fn put(self, index: usize, value: Val) {
        let storage = self.get(Array::STORAGE);
        let (tag, bits) = value.words();
        if self.kind() == Tag::MIXED {
            storage.set_at(Storage::WORDS, index * 2, tag as i64);
            storage.set_at(Storage::WORDS, index * 2 + 1, bits as i64);
        } else {
            storage.set_at(Storage::WORDS, index, bits as i64);
        }
        storage.noting(value.tag());
    }

    /// Turns the array to kind `MIXED`, with room for `more` elements.
    fn make_mixed(self, heap: &mut Heap, more: usize) -> Result<(), OutOfMemory> {
        if self.kind() == Tag::MIXED {
            return Ok(());
        }
        let (old, kind, count) = (self.get(Array::STORAGE), self.kind(), self.count());
        let capacity = (count + more).max(old.capacity().min(count * 2)).max(4) * 2;
        let storage = heap.new_storage(Tag::MIXED, count * 2, capacity)?;
        for i in 0..count {
            storage.set_at(Storage::WORDS, i * 2, kind.0 as i64);
            storage.set_at(Storage::WORDS, i * 2 + 1, old.at(Storage::WORDS, i).unwrap_or(0));
        }
        storage.noting(kind);
        self.set(Array::STORAGE, storage);
        Ok(())
    }

    /// Moves to a storage with room for at least `count` elements.
    fn grow(self, heap: &mut Heap, count: usize) -> Result<(), OutOfMemory> {
        let old = self.get(Array::STORAGE);
        let per = if self.kind() == Tag::MIXED { 2 } else { 1 };
        if count > MAX_LEN {
            return Err(OutOfMemory { wanted: count * 8, limit: MAX_LEN * 8 });
        }
        let capacity = (count.max(4) * 2) * per;
        let storage = heap.new_storage(self.kind(), old.len(), capacity)?;
        storage.write_words(Storage::WORDS, 0, old.words(Storage::WORDS, heap));
        storage.noting(self.kind());
        self.set(Array::STORAGE, storage);
        Ok(())
    }
}
