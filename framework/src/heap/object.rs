//! Layouts: what `#[derive(Object)]` says about a type.
//!
//! An object is a header word, then one word per field (two for a [`Val`]), then a trailing array if the layout has one. If it has
//! none, the header has room for the tags of the first three [`Val`]s, of which only the payloads are fields then: a pair takes three
//! words.
//!
//! ```text
//!   +0   tag (8 bits) | what the collector notes (24 bits, see `header`) | capacity of the trailing array (u32)
//!                                                                        | or tags of dynamic values (a byte each)
//!   +8   length of the trailing array, if there is one
//!   ..   fields
//!   ..   elements
//! ```
//! Invariant: the element count in the length word never exceeds the capacity in the header; both are written by the heap
//! and by [`Gc::set_len`](super::Gc::set_len) alone.

use super::gc::Gc;
use super::val::Val;
use crate::trace::{Mutability, Ty, Width};
use std::marker::PhantomData;

/// Identifies the type of a dynamic value, and of an object by its header: small integers, chosen by the language from
/// [`Tag::FIRST_OBJECT`] to [`Tag::LAST_OBJECT`] for its own objects.
///
/// ```
/// use holloway::{Tag, Val};
///
/// assert_eq!(Val::float(0.5).tag(), Tag::FLOAT);
/// assert!(Tag::FIRST_OBJECT > Tag::FLOAT);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tag(pub u32);

impl Tag {
    /// The absent value; the payload is 0.
    pub const NIL: Tag = Tag(0);
    /// A truth value; the payload is 0 or 1.
    pub const BOOL: Tag = Tag(1);
    /// A 64-bit integer.
    pub const INT: Tag = Tag(2);
    /// A double; the payload holds its bits.
    pub const FLOAT: Tag = Tag(3);
    /// Return linkage in a frame; never a guest value.
    pub const LINK: Tag = Tag(4);
    /// The kind of an array whose elements differ in tag; never a guest value.
    pub const MIXED: Tag = Tag(5);
    /// The kind of an array that never had an element; never a guest value.
    pub const EMPTY: Tag = Tag(6);
    /// A word of the language's own (an index, a handle): not a pointer.
    pub const RAW: Tag = Tag(7);
    /// As [`Tag::LINK`], where a dispatch loop of its own runs the callee: it returns out of that loop.
    pub const BOUNDARY: Tag = Tag(12);
    /// Framework array, see [`super::Array`].
    pub const ARRAY: Tag = Tag(8);
    /// Storage of a framework array.
    pub const STORAGE: Tag = Tag(9);
    /// Object with a shape, see [`super::Instance`].
    pub const INSTANCE: Tag = Tag(10);
    /// Dynamic values in a row, see [`super::shape::Pairs`]; never a guest value.
    pub const PAIRS: Tag = Tag(11);
    /// The first tag for a language's own objects.
    pub const FIRST_OBJECT: Tag = Tag(16);
    /// The last tag for a language's own objects.
    pub const LAST_OBJECT: Tag = Tag(255);

    /// Is a payload under this tag a reference?
    ///
    /// ```
    /// use holloway::Tag;
    ///
    /// assert!(Tag::ARRAY.is_object() && Tag::FIRST_OBJECT.is_object());
    /// assert!(!Tag::INT.is_object() && !Tag::RAW.is_object());
    /// ```
    #[inline(always)]
    pub fn is_object(self) -> bool {
        self.0 >= Tag::ARRAY.0 && self.0 <= Tag::LAST_OBJECT.0
    }
}

/// What a word or a pair of words in an object is to the collector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoredKind {
    /// Nothing it follows.
    Plain,
    /// A reference, or 0 for none.
    Ref,
    /// A tag word and a payload, which is a reference if the tag says so.
    Val,
    /// The same payload; its tag is the byte of the header at this offset.
    Tagged(u32),
}

/// What the words of a trailing array are to the collector.
#[derive(Clone, Copy)]
pub enum ElemKind {
    /// Nothing it follows.
    Plain,
    /// References, or 0 for none.
    Refs,
    /// Pairs of tag and payload.
    Vals,
    /// Words of one kind, which stands in the word at this offset: a [`Tag`]. Under the tag of an object all are references,
    /// under [`Tag::MIXED`] they are pairs of tag and payload, and else nothing to follow.
    ByTag(u32),
    /// Whatever this function says, for layouts that describe themselves at run time.
    Described(Describe),
}

/// Calls the visitor with the address of every word of the object at this address that is a reference or 0. It must depend on
/// nothing but the object itself and what lives for ever.
pub type Describe = fn(*mut u64, &mut dyn FnMut(*mut u64));

/// A heap layout. Implemented by `#[derive(Object)]` only.
///
/// # Safety
/// The constants must describe the layout as the module says, every reference in it included, and no two types of one heap may
/// share a `TAG`.
///
/// ```
/// use holloway::{Heap, Object};
///
/// /// Bytes, with their hash.
/// #[derive(Object)]
/// #[object(tag = 16)]
/// struct Bytes {
///     hash: i64,
///     #[trailing]
///     bytes: u8,
/// }
///
/// let mut heap = Heap::new();
/// let b = Bytes::alloc(&mut heap, 3, 8, 0)?; // 3 bytes in use, room for 8
/// b.write_bytes(Bytes::BYTES, 0, b"abc");
/// assert_eq!(b.bytes(Bytes::BYTES, &heap), b"abc");
/// assert_eq!(b.at(Bytes::BYTES, 3), None);
/// # Ok::<(), holloway::OutOfMemory>(())
/// ```
#[allow(unsafe_code, reason = "the trait vouches for memory layouts")]
pub unsafe trait Object: Sized + 'static {
    /// What the header holds, and the tag of dynamic values that point to such objects.
    const TAG: Tag;
    /// Name in traces.
    const NAME: &'static str;
    /// Bytes before the trailing array, a multiple of 8.
    const SIZE: u32;
    /// Bytes of a trailing element; 0 without trailing array.
    const ELEM_SIZE: u32;
    /// Is there a length word behind the header?
    const HAS_LENGTH: bool = Self::ELEM_SIZE != 0;
    /// Does the length never change? So it is if the trailing elements are immutable.
    const FIXED_LENGTH: bool = false;
    /// Offset and kind of every field. (Plain ones may be left out.)
    const FIELDS: &'static [(u32, StoredKind)];
    /// What the trailing array holds.
    const ELEMS: ElemKind;
}

/// What a field can hold.
///
/// # Safety
/// `WIDTH` must be how `Self` is stored, and any stored value must read back as a valid `Self`.
#[allow(unsafe_code, reason = "the trait vouches for memory layouts")]
pub unsafe trait FieldType: Copy + 'static {
    /// The type of the stored word.
    const TY: Ty;
    /// The word.
    fn to_bits(self) -> u64;
    /// From the word.
    ///
    /// # Safety
    /// `bits` must come from [`FieldType::to_bits`] of the same type.
    #[allow(unsafe_code, reason = "words may be addresses")]
    unsafe fn from_bits(bits: u64) -> Self;
}

macro_rules! field_type {
    ($t:ty, $ty:ident, $v:ident => $to:expr, $b:ident => $from:expr) => {
        // SAFETY: one word, and every word that `to_bits` gives reads back.
        #[allow(unsafe_code, reason = "the trait vouches for memory layouts")]
        unsafe impl FieldType for $t {
            const TY: Ty = Ty::$ty;
            #[inline(always)]
            fn to_bits(self) -> u64 {
                let $v = self;
                $to
            }
            #[inline(always)]
            unsafe fn from_bits($b: u64) -> Self {
                $from
            }
        }
    };
}

field_type!(i64, Int, v => v as u64, b => b as i64);
field_type!(f64, Float, v => v.to_bits(), b => f64::from_bits(b));
field_type!(bool, Bool, v => v as u64, b => b != 0);
field_type!(Tag, Int, v => v.0 as u64, b => Tag(b as u32));

// SAFETY: an address of a live object of the same type.
#[allow(unsafe_code, reason = "the trait vouches for memory layouts")]
unsafe impl<T: Object> FieldType for Gc<T> {
    const TY: Ty = Ty::Ref;
    #[inline(always)]
    fn to_bits(self) -> u64 {
        self.address()
    }
    #[inline(always)]
    unsafe fn from_bits(bits: u64) -> Self {
        // SAFETY: the caller vouches for the word.
        unsafe { Gc::from_address(bits) }
    }
}

// SAFETY: as for `Gc<T>`; objects never lie at address 0.
#[allow(unsafe_code, reason = "the trait vouches for memory layouts")]
unsafe impl<T: Object> FieldType for Option<Gc<T>> {
    const TY: Ty = Ty::Ref;
    #[inline(always)]
    fn to_bits(self) -> u64 {
        self.map_or(0, Gc::address)
    }
    #[inline(always)]
    unsafe fn from_bits(bits: u64) -> Self {
        // SAFETY: the caller vouches for the word.
        (bits != 0).then(|| unsafe { Gc::from_address(bits) })
    }
}

// SAFETY: a reference that lives for ever; the collector does not look at integers.
#[allow(unsafe_code, reason = "the trait vouches for memory layouts")]
unsafe impl<T: 'static> FieldType for &'static T {
    const TY: Ty = Ty::Int;
    #[inline(always)]
    fn to_bits(self) -> u64 {
        std::ptr::from_ref(self) as u64
    }
    #[inline(always)]
    unsafe fn from_bits(bits: u64) -> Self {
        // SAFETY: the caller vouches for the word.
        unsafe { &*(bits as *const T) }
    }
}

/// A field of layout `T` that holds a `V`: a word, or a [`Val`] (a payload, and a tag elsewhere).
///
/// ```
/// use holloway::{Field, Gc, Object};
///
/// #[derive(Object)]
/// #[object(tag = 16)]
/// struct Point {
///     x: f64,
///     y: f64,
/// }
///
/// /// Fields are values: here, one is an argument.
/// fn negate(p: Gc<Point>, field: Field<Point, f64>) {
///     p.set(field, -p.get(field));
/// }
/// # let mut heap = holloway::Heap::new();
/// # let p = Point::alloc(&mut heap, 1.0, 2.0)?;
/// # negate(p, Point::Y);
/// # assert_eq!(p.get(Point::Y), -2.0);
/// # Ok::<(), holloway::OutOfMemory>(())
/// ```
pub struct Field<T, V> {
    pub(crate) name: &'static str,
    /// Of the word, or of the payload.
    pub(crate) offset: u32,
    /// Of the tag: a byte of the header or a word behind it.
    pub(crate) tag_offset: u32,
    pub(crate) mutability: Mutability,
    types: PhantomData<fn(T) -> V>,
}

impl<T, V> Clone for Field<T, V> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, V> Copy for Field<T, V> {}

impl<T: Object, V: FieldType> Field<T, V> {
    /// For `#[derive(Object)]`.
    ///
    /// # Safety
    /// A `V` must lie `offset` bytes into every `T`, initialized whenever the object can be reached.
    #[doc(hidden)]
    #[allow(unsafe_code, reason = "vouches for a memory layout")]
    pub const unsafe fn new(name: &'static str, offset: u32, mutability: Mutability) -> Self {
        Field { name, offset, tag_offset: 0, mutability, types: PhantomData }
    }
}

impl<T: Object> Field<T, Val> {
    /// For `#[derive(Object)]`.
    ///
    /// # Safety
    /// The tag and the payload of a value must lie at these offsets of every `T`, initialized whenever the object can be reached.
    #[doc(hidden)]
    #[allow(unsafe_code, reason = "vouches for a memory layout")]
    pub const unsafe fn of_val(
        name: &'static str,
        tag_offset: u32,
        offset: u32,
        mutability: Mutability,
    ) -> Self {
        Field { name, offset, tag_offset, mutability, types: PhantomData }
    }

    /// Is the tag a byte of the header?
    #[inline(always)]
    pub(crate) const fn is_packed(self) -> bool {
        self.tag_offset < HEADER_BYTES
    }
}

/// Bytes of a header.
const HEADER_BYTES: u32 = 8;

/// What a trailing array can hold.
pub trait ElemType: Copy + 'static {
    /// How an element lies in memory.
    const WIDTH: Width;
    /// What an element reads as.
    type Read: FieldType;
}

impl ElemType for i64 {
    const WIDTH: Width = Width::Word(Ty::Int);
    type Read = i64;
}

impl ElemType for f64 {
    const WIDTH: Width = Width::Word(Ty::Float);
    type Read = f64;
}

impl ElemType for u8 {
    const WIDTH: Width = Width::Byte;
    type Read = i64;
}

impl<T: Object> ElemType for Option<Gc<T>> {
    const WIDTH: Width = Width::Word(Ty::Ref);
    type Read = Option<Gc<T>>;
}

/// The trailing array of layout `T`, with elements `E`: `i64`, `f64`, `u8`, `Option<Gc<..>>` or [`Val`].
///
/// ```
/// use holloway::{Gc, Object};
///
/// #[derive(Object)]
/// #[object(tag = 16)]
/// struct Vector {
///     #[trailing]
///     items: f64,
/// }
///
/// fn sum(v: Gc<Vector>) -> f64 {
///     (0..v.len()).filter_map(|i| v.at(Vector::ITEMS, i)).sum()
/// }
/// # let mut heap = holloway::Heap::new();
/// # let v = Vector::alloc(&mut heap, 2, 2)?;
/// # v.set_at(Vector::ITEMS, 1, 2.5);
/// # assert_eq!(sum(v), 2.5);
/// # Ok::<(), holloway::OutOfMemory>(())
/// ```
pub struct Elems<T, E> {
    pub(crate) name: &'static str,
    pub(crate) mutability: Mutability,
    types: PhantomData<fn(T) -> E>,
}

impl<T, E> Clone for Elems<T, E> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, E> Copy for Elems<T, E> {}

impl<T: Object, E> Elems<T, E> {
    /// For `#[derive(Object)]`.
    ///
    /// # Safety
    /// The trailing array of `T` must hold `E`s.
    #[doc(hidden)]
    #[allow(unsafe_code, reason = "vouches for a memory layout")]
    pub const unsafe fn new(name: &'static str, mutability: Mutability) -> Self {
        Elems { name, mutability, types: PhantomData }
    }
}

/// How a value lies in a field or a trailing array; what `#[derive(Object)]` adds up.
pub trait Stored {
    /// Bytes.
    const BYTES: u32;
    /// What it is to the collector.
    const KIND: StoredKind;
    /// What a trailing array of it is to the collector.
    const ELEMS: ElemKind = match Self::KIND {
        StoredKind::Plain => ElemKind::Plain,
        StoredKind::Ref => ElemKind::Refs,
        StoredKind::Val | StoredKind::Tagged(_) => ElemKind::Vals,
    };
}

macro_rules! stored {
    ($($t:ty: $n:literal $kind:ident),*) => {
        $(impl Stored for $t {
            const BYTES: u32 = $n;
            const KIND: StoredKind = StoredKind::$kind;
        })*
    };
}
stored!(i64: 8 Plain, f64: 8 Plain, bool: 8 Plain, Tag: 8 Plain, Val: 16 Val, u8: 1 Plain);

impl<T> Stored for Gc<T> {
    const BYTES: u32 = 8;
    const KIND: StoredKind = StoredKind::Ref;
}

impl<T> Stored for Option<Gc<T>> {
    const BYTES: u32 = 8;
    const KIND: StoredKind = StoredKind::Ref;
}

impl<T> Stored for &'static T {
    const BYTES: u32 = 8;
    const KIND: StoredKind = StoredKind::Plain;
}
