//! `Gc<T>`: a reference to a heap object, with typed access to its fields and elements.
//!
//! Invariant: the address is that of a live object whose header holds `T::TAG`; only the heap makes one, and a checked cast
//! from a [`Val`].
#![allow(unsafe_code, reason = "typed access to raw object memory")]

use super::header::Header;
use super::object::{ElemKind, ElemType, Elems, Field, FieldType, Object, Tag};
use super::remembered;
use super::val::Val;
use crate::trace::Ty;
use std::fmt;
use std::marker::PhantomData;
use std::ptr::NonNull;

/// A reference to an object of layout `T`. Copying it copies the reference. Two are equal if they are the same object.
///
/// ```
/// use holloway::{Gc, Heap, Object};
///
/// /// A point: layout only, never instantiated as a Rust value.
/// #[derive(Object)]
/// #[object(tag = 16)]
/// struct Point {
///     x: f64,
///     #[immutable]
///     y: f64,
/// }
///
/// let mut heap = Heap::new();
/// let p: Gc<Point> = Point::alloc(&mut heap, 1.0, 2.0)?;
/// p.set(Point::X, 3.0);
/// assert_eq!(p.get(Point::X) + p.get(Point::Y), 5.0);
/// # Ok::<(), holloway::OutOfMemory>(())
/// ```
pub struct Gc<T> {
    address: NonNull<u8>,
    layout: PhantomData<*const T>,
}

impl<T> Clone for Gc<T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Gc<T> {}

impl<T> PartialEq for Gc<T> {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        self.address == other.address
    }
}

impl<T> Eq for Gc<T> {}

impl<T: Object> fmt::Debug for Gc<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", T::NAME)
    }
}

/// Offset of the length word of objects with a trailing array.
pub(crate) const LEN_OFFSET: u32 = 8;

impl<T> Gc<T> {
    /// The address.
    #[inline(always)]
    pub(crate) fn address(self) -> u64 {
        self.address.as_ptr() as u64
    }

    /// From an address.
    ///
    /// # Safety
    /// A live object of layout `T` must lie there.
    #[inline(always)]
    pub(crate) unsafe fn from_address(address: u64) -> Gc<T> {
        // SAFETY: objects never lie at address 0; the caller vouches for the rest.
        Gc { address: unsafe { NonNull::new_unchecked(address as *mut u8) }, layout: PhantomData }
    }

    /// A reference was or will be stored into this object, before the next collection: the collector must look at it then.
    #[inline(always)]
    pub(crate) fn barrier(self) {
        if Header::of(self.address()).is_clean() {
            remembered::remember(self.address());
        }
    }

    #[inline(always)]
    pub(super) fn word(self, offset: u32) -> *mut u64 {
        // SAFETY: offsets come from the layout of `T`, so the word lies inside of the object.
        unsafe { self.address.as_ptr().add(offset as usize).cast() }
    }
}

impl<T: Object> Gc<T> {
    /// The tag in the header: `T::TAG`.
    ///
    /// ```
    /// # use holloway::{Heap, OutOfMemory, Tag, Val};
    /// let mut heap = Heap::new();
    /// let array = heap.new_array(0)?;
    /// assert_eq!((array.tag(), Val::object(array).tag()), (Tag::ARRAY, Tag::ARRAY));
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    pub fn tag(self) -> Tag {
        T::TAG
    }

    /// Reads a field.
    ///
    /// ```
    /// # use holloway::{Heap, Object, OutOfMemory};
    /// #[derive(Object)]
    /// #[object(tag = 16)]
    /// struct Counter {
    ///     count: i64,
    /// }
    /// let mut heap = Heap::new();
    /// let counter = Counter::alloc(&mut heap, 3)?;
    /// assert_eq!(counter.get(Counter::COUNT), 3);
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    #[inline(always)]
    pub fn get<V: FieldType>(self, field: Field<T, V>) -> V {
        // SAFETY: the field's constructor vouches for offset and type.
        unsafe { V::from_bits(self.word(field.offset).read()) }
    }

    /// Writes a field.
    ///
    /// ```
    /// # use holloway::{Heap, Object, OutOfMemory};
    /// # #[derive(Object)]
    /// # #[object(tag = 16)]
    /// # struct Counter {
    /// #     count: i64,
    /// # }
    /// # let mut heap = Heap::new();
    /// let counter = Counter::alloc(&mut heap, 3)?;
    /// counter.set(Counter::COUNT, 4);
    /// assert_eq!(counter.get(Counter::COUNT), 4);
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    #[inline(always)]
    pub fn set<V: FieldType>(self, field: Field<T, V>, value: V) {
        // SAFETY: the field's constructor vouches for offset and type.
        unsafe { self.word(field.offset).write(value.to_bits()) }
        if V::TY == Ty::Ref {
            self.barrier();
        }
    }

    /// Reads a field that holds a dynamic value.
    ///
    /// ```
    /// # use holloway::{Heap, Object, OutOfMemory, Val};
    /// #[derive(Object)]
    /// #[object(tag = 16)]
    /// struct Variable {
    ///     value: Val,
    /// }
    /// let mut heap = Heap::new();
    /// let variable = Variable::alloc(&mut heap, Val::TRUE)?;
    /// assert_eq!(variable.get_val(Variable::VALUE), Val::TRUE);
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    #[inline(always)]
    pub fn get_val(self, field: Field<T, Val>) -> Val {
        // SAFETY: the field's constructor vouches for offsets and type; tag and payload were written together.
        unsafe {
            let tag = match field.is_packed() {
                true => self.word(field.tag_offset).cast::<u8>().read().into(),
                false => self.word(field.tag_offset).read(),
            };
            Val::from_words(tag, self.word(field.offset).read())
        }
    }

    /// Writes a field that holds a dynamic value.
    ///
    /// ```
    /// # use holloway::{Heap, Object, OutOfMemory, Val};
    /// # #[derive(Object)]
    /// # #[object(tag = 16)]
    /// # struct Variable {
    /// #     value: Val,
    /// # }
    /// # let mut heap = Heap::new();
    /// let variable = Variable::alloc(&mut heap, Val::TRUE)?;
    /// variable.set_val(Variable::VALUE, Val::int(1));
    /// assert_eq!(variable.get_val(Variable::VALUE), Val::int(1));
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    #[inline(always)]
    pub fn set_val(self, field: Field<T, Val>, value: Val) {
        let (tag, bits) = value.words();
        debug_assert!(value.tag() <= Tag::LAST_OBJECT, "the tag of a value, not of a frame");
        // SAFETY: as in `get_val`.
        unsafe {
            match field.is_packed() {
                true => self.word(field.tag_offset).cast::<u8>().write(tag as u8),
                false => self.word(field.tag_offset).write(tag),
            }
            self.word(field.offset).write(bits);
        }
        if value.tag().is_object() {
            self.barrier();
        }
    }

    /// How many trailing elements are in use; 0 without trailing array.
    ///
    /// ```
    /// # use holloway::{Heap, Object, OutOfMemory};
    /// #[derive(Object)]
    /// #[object(tag = 16)]
    /// struct Text {
    ///     #[trailing]
    ///     utf8: u8,
    /// }
    /// let mut heap = Heap::new();
    /// let text = Text::alloc(&mut heap, 5, 8)?; // five bytes of eight
    /// assert_eq!((text.len(), text.capacity()), (5, 8));
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    #[inline(always)]
    pub fn len(self) -> usize {
        if !T::HAS_LENGTH {
            return 0;
        }
        // SAFETY: objects with a trailing array have a length word.
        unsafe { self.word(LEN_OFFSET).read() as usize }
    }

    /// No trailing elements?
    ///
    /// ```
    /// # use holloway::{Heap, Object, OutOfMemory};
    /// # #[derive(Object)]
    /// # #[object(tag = 16)]
    /// # struct Text {
    /// #     #[trailing]
    /// #     utf8: u8,
    /// # }
    /// # let mut heap = Heap::new();
    /// assert!(Text::alloc(&mut heap, 0, 8)?.is_empty());
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// How many trailing elements there is room for.
    ///
    /// ```
    /// # use holloway::{Heap, Object, OutOfMemory};
    /// # #[derive(Object)]
    /// # #[object(tag = 16)]
    /// # struct Text {
    /// #     #[trailing]
    /// #     utf8: u8,
    /// # }
    /// # let mut heap = Heap::new();
    /// let text = Text::alloc(&mut heap, 0, 8)?;
    /// text.set_len(text.capacity());
    /// assert_eq!(text.len(), 8);
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    #[inline(always)]
    pub fn capacity(self) -> usize {
        Header::of(self.address()).capacity()
    }

    /// Changes the number of trailing elements in use. New ones hold what they held before: zero, or a number of old.
    ///
    /// # Panics
    /// If there is no room for as many.
    ///
    /// ```
    /// # use holloway::{Heap, Object, OutOfMemory};
    /// # #[derive(Object)]
    /// # #[object(tag = 16)]
    /// # struct Text {
    /// #     #[trailing]
    /// #     utf8: u8,
    /// # }
    /// # let mut heap = Heap::new();
    /// let text = Text::alloc(&mut heap, 0, 8)?;
    /// text.set_len(2);
    /// text.write_bytes(Text::UTF8, 0, b"ok");
    /// assert_eq!(text.bytes(Text::UTF8, &heap), b"ok");
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    pub fn set_len(self, len: usize) {
        assert!(T::HAS_LENGTH && len <= self.capacity(), "length beyond the capacity");
        assert!(!T::FIXED_LENGTH, "the length of immutable elements is that of their making");
        if matches!(T::ELEMS, ElemKind::Refs | ElemKind::Vals) && len < self.len() {
            self.zero_from(len); // the collector does not look there, so nobody may find a reference there later
        }
        // SAFETY: objects with a trailing array have a length word.
        unsafe { self.word(LEN_OFFSET).write(len as u64) }
    }

    /// Reads a trailing element; `None` outside of the length.
    ///
    /// ```
    /// # use holloway::{Heap, Object, OutOfMemory};
    /// #[derive(Object)]
    /// #[object(tag = 16)]
    /// struct Vector {
    ///     #[trailing]
    ///     parts: f64,
    /// }
    /// let mut heap = Heap::new();
    /// let vector = Vector::alloc(&mut heap, 3, 3)?;
    /// assert!(vector.set_at(Vector::PARTS, 2, 0.5));
    /// assert_eq!(vector.at(Vector::PARTS, 2), Some(0.5));
    /// assert_eq!(vector.at(Vector::PARTS, 3), None);
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    #[inline(always)]
    pub fn at<E: ElemType>(self, _elems: Elems<T, E>, index: usize) -> Option<E::Read> {
        if index >= self.len() {
            return None;
        }
        let offset = T::SIZE as usize + index * E::WIDTH.bytes() as usize;
        // SAFETY: within the length, so inside of the object; the elements' constructor vouches for the type.
        unsafe {
            let p = self.address.as_ptr().add(offset);
            let bits = if E::WIDTH.bytes() == 1 { p.read() as u64 } else { p.cast::<u64>().read() };
            Some(E::Read::from_bits(bits))
        }
    }

    /// Writes a trailing element; `false` outside of the length.
    ///
    /// ```
    /// # use holloway::{Heap, Object, OutOfMemory};
    /// # #[derive(Object)]
    /// # #[object(tag = 16)]
    /// # struct Vector {
    /// #     #[trailing]
    /// #     parts: f64,
    /// # }
    /// # let mut heap = Heap::new();
    /// let vector = Vector::alloc(&mut heap, 2, 2)?;
    /// assert!(vector.set_at(Vector::PARTS, 1, 0.5));
    /// assert!(!vector.set_at(Vector::PARTS, 2, 0.5));
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    #[inline(always)]
    pub fn set_at<E: ElemType>(self, _elems: Elems<T, E>, index: usize, value: E::Read) -> bool {
        if index >= self.len() {
            return false;
        }
        let offset = T::SIZE as usize + index * E::WIDTH.bytes() as usize;
        // SAFETY: as in `at`.
        unsafe {
            let p = self.address.as_ptr().add(offset);
            if E::WIDTH.bytes() == 1 {
                p.write(value.to_bits() as u8);
            } else {
                p.cast::<u64>().write(value.to_bits());
            }
        }
        if E::Read::TY == Ty::Ref {
            self.barrier();
        }
        true
    }

    /// Reads a trailing dynamic value; `None` outside of the length.
    ///
    /// ```
    /// # use holloway::{Heap, Object, OutOfMemory, Val};
    /// #[derive(Object)]
    /// #[object(tag = 16)]
    /// struct Tuple {
    ///     #[trailing]
    ///     items: Val,
    /// }
    /// let mut heap = Heap::new();
    /// let tuple = Tuple::alloc(&mut heap, 2, 2)?;
    /// assert!(tuple.set_val_at(Tuple::ITEMS, 1, Val::int(7)));
    /// assert_eq!(tuple.val_at(Tuple::ITEMS, 0), Some(Val::NIL));
    /// assert_eq!(tuple.val_at(Tuple::ITEMS, 1), Some(Val::int(7)));
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    #[inline(always)]
    pub fn val_at(self, _elems: Elems<T, Val>, index: usize) -> Option<Val> {
        if index >= self.len() {
            return None;
        }
        let p = self.word(T::SIZE).wrapping_add(index * 2);
        // SAFETY: within the length; both words were written together, or are zero: nil.
        unsafe { Some(Val::from_words(p.read(), p.add(1).read())) }
    }

    /// Writes a trailing dynamic value; `false` outside of the length.
    ///
    /// ```
    /// # use holloway::{Heap, Object, OutOfMemory, Val};
    /// # #[derive(Object)]
    /// # #[object(tag = 16)]
    /// # struct Tuple {
    /// #     #[trailing]
    /// #     items: Val,
    /// # }
    /// # let mut heap = Heap::new();
    /// let tuple = Tuple::alloc(&mut heap, 1, 1)?;
    /// assert!(tuple.set_val_at(Tuple::ITEMS, 0, Val::TRUE));
    /// assert!(!tuple.set_val_at(Tuple::ITEMS, 1, Val::TRUE));
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    #[inline(always)]
    pub fn set_val_at(self, _elems: Elems<T, Val>, index: usize, value: Val) -> bool {
        if index >= self.len() {
            return false;
        }
        let p = self.word(T::SIZE).wrapping_add(index * 2);
        let (tag, bits) = value.words();
        // SAFETY: within the length.
        unsafe {
            p.write(tag);
            p.add(1).write(bits);
        }
        if value.tag().is_object() {
            self.barrier();
        }
        true
    }

    /// The words of the trailing elements.
    pub(crate) fn trailing_words(self) -> *mut u64 {
        self.word(T::SIZE)
    }

    /// Zeroes the trailing elements from index `from` on.
    #[cold]
    fn zero_from(self, from: usize) {
        let (width, len) = (T::ELEM_SIZE as usize, self.len());
        // SAFETY: within the length.
        unsafe {
            let p = self.address.as_ptr().add(T::SIZE as usize + from * width);
            p.write_bytes(0, (len - from) * width);
        }
    }

    /// Writes trailing bytes, beginning at index `start`.
    ///
    /// # Panics
    /// If they go beyond the length.
    ///
    /// ```
    /// # use holloway::{Heap, Object, OutOfMemory};
    /// # #[derive(Object)]
    /// # #[object(tag = 16)]
    /// # struct Text {
    /// #     #[trailing]
    /// #     utf8: u8,
    /// # }
    /// # let mut heap = Heap::new();
    /// let text = Text::alloc(&mut heap, 4, 4)?;
    /// text.write_bytes(Text::UTF8, 1, b"ok");
    /// assert_eq!(text.bytes(Text::UTF8, &heap), b"\0ok\0");
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    #[inline]
    pub fn write_bytes(self, _elems: Elems<T, u8>, start: usize, bytes: &[u8]) {
        let fits = start.checked_add(bytes.len()).is_some_and(|end| end <= self.len());
        assert!(fits, "bytes beyond the length");
        // SAFETY: within the length; `copy` allows the bytes to come from the same object.
        unsafe {
            let to = self.address.as_ptr().add(T::SIZE as usize + start);
            std::ptr::copy(bytes.as_ptr(), to, bytes.len());
        }
    }

    /// Writes trailing words, beginning at index `start`.
    ///
    /// # Panics
    /// If they go beyond the length.
    ///
    /// ```
    /// # use holloway::{Heap, Object, OutOfMemory};
    /// #[derive(Object)]
    /// #[object(tag = 16)]
    /// struct Digits {
    ///     #[trailing]
    ///     limbs: i64,
    /// }
    /// let mut heap = Heap::new();
    /// let digits = Digits::alloc(&mut heap, 2, 2)?;
    /// digits.write_words(Digits::LIMBS, 0, &[3, 4]);
    /// assert_eq!(digits.words(Digits::LIMBS, &heap), [3, 4]);
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    #[inline]
    pub fn write_words(self, _elems: Elems<T, i64>, start: usize, words: &[i64]) {
        let fits = start.checked_add(words.len()).is_some_and(|end| end <= self.len());
        assert!(fits, "words beyond the length");
        // SAFETY: within the length; `copy` allows the words to come from the same object.
        unsafe {
            let to = self.address.as_ptr().add(T::SIZE as usize).cast::<i64>().add(start);
            std::ptr::copy(words.as_ptr(), to, words.len());
        }
    }

    /// The trailing bytes. The slice borrows from the heap, so it cannot be kept across a collection, which may move them.
    ///
    /// ```
    /// # use holloway::{Heap, Object, OutOfMemory};
    /// # #[derive(Object)]
    /// # #[object(tag = 16)]
    /// # struct Text {
    /// #     #[trailing]
    /// #     utf8: u8,
    /// # }
    /// # let mut heap = Heap::new();
    /// let text = Text::alloc(&mut heap, 2, 2)?;
    /// text.write_bytes(Text::UTF8, 0, b"hi");
    /// assert_eq!(std::str::from_utf8(text.bytes(Text::UTF8, &heap)), Ok("hi"));
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    #[inline]
    pub fn bytes(self, _elems: Elems<T, u8>, _heap: &super::Heap) -> &[u8] {
        // SAFETY: the first `len` elements are initialized bytes, and the heap outlives the slice.
        unsafe {
            std::slice::from_raw_parts(self.address.as_ptr().add(T::SIZE as usize), self.len())
        }
    }

    /// Up to eight trailing bytes from the first on as a word, the first the lowest; where the object has fewer, zero. Only for
    /// bytes that do not change.
    ///
    /// ```
    /// # use holloway::{Heap, Object, OutOfMemory};
    /// # #[derive(Object)]
    /// # #[object(tag = 16)]
    /// # struct Text {
    /// #     #[immutable]
    /// #     #[trailing]
    /// #     utf8: u8,
    /// # }
    /// # let mut heap = Heap::new();
    /// let text = Text::alloc(&mut heap, 2, 2)?;
    /// text.write_bytes(Text::UTF8, 0, b"no");
    /// assert_eq!(text.head(Text::UTF8), i64::from(b'o') << 8 | i64::from(b'n'));
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    #[inline]
    pub fn head(self, _elems: Elems<T, u8>) -> i64 {
        assert!(T::FIXED_LENGTH, "bytes that change");
        if self.is_empty() {
            return 0;
        }
        // SAFETY: there is an element, and objects consist of words; what lies beyond the length was zero when the object
        // was made, and nobody writes there.
        unsafe { self.word(T::SIZE).cast::<i64>().read() }
    }

    /// The trailing words, see [`Gc::bytes`].
    ///
    /// ```
    /// # use holloway::{Heap, Object, OutOfMemory};
    /// # #[derive(Object)]
    /// # #[object(tag = 16)]
    /// # struct Digits {
    /// #     #[trailing]
    /// #     limbs: i64,
    /// # }
    /// # let mut heap = Heap::new();
    /// let digits = Digits::alloc(&mut heap, 3, 3)?;
    /// assert!(digits.words(Digits::LIMBS, &heap).iter().all(|&limb| limb == 0));
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    #[inline]
    pub fn words(self, _elems: Elems<T, i64>, _heap: &super::Heap) -> &[i64] {
        // SAFETY: the first `len` elements are initialized words, and the heap outlives the slice.
        unsafe {
            std::slice::from_raw_parts(
                self.address.as_ptr().add(T::SIZE as usize).cast(),
                self.len(),
            )
        }
    }
}
