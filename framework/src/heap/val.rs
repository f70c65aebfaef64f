//! `Val`: a dynamically typed value, as plain data. The traced counterpart is `Value<M>`.
//!
//! Invariant: the payload fits the tag: under an object's tag it is the address of a live object with this tag in its header.
#![allow(unsafe_code, reason = "payload words may be addresses")]

use super::array::Array;
use super::gc::Gc;
use super::object::{Object, Tag};
use std::fmt;

/// A tag and a payload word.
///
/// ```
/// use holloway::{Tag, Val};
///
/// let v = Val::int(7);
/// assert_eq!((v.tag(), v.as_int(), v.as_float()), (Tag::INT, Some(7), None));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Val {
    tag: u64,
    bits: u64,
}

/// A [`Val`] taken apart.
///
/// ```
/// use holloway::{Unpacked, Val};
///
/// fn is_true(v: Val) -> bool {
///     !matches!(v.unpack(), Unpacked::Nil | Unpacked::Bool(false))
/// }
/// assert!(is_true(Val::int(0)) && !is_true(Val::NIL));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Unpacked {
    /// Nil.
    Nil,
    /// A truth value.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A double.
    Float(f64),
    /// An array.
    Array(Gc<Array>),
    /// A word of the language's own.
    Raw(u64),
    /// An object of the language: see [`Val::cast`].
    Object(Tag),
}

impl Val {
    /// Nil.
    pub const NIL: Val = Val { tag: Tag::NIL.0 as u64, bits: 0 };
    /// True.
    pub const TRUE: Val = Val { tag: Tag::BOOL.0 as u64, bits: 1 };
    /// False.
    pub const FALSE: Val = Val { tag: Tag::BOOL.0 as u64, bits: 0 };

    /// An integer.
    ///
    /// ```
    /// # use holloway::Val;
    /// assert_eq!(Val::int(-1).as_int(), Some(-1));
    /// ```
    #[inline(always)]
    pub fn int(value: i64) -> Val {
        Val { tag: Tag::INT.0 as u64, bits: value as u64 }
    }

    /// A double.
    ///
    /// ```
    /// # use holloway::Val;
    /// assert_eq!(Val::float(0.5).as_float(), Some(0.5));
    /// ```
    #[inline(always)]
    pub fn float(value: f64) -> Val {
        Val { tag: Tag::FLOAT.0 as u64, bits: value.to_bits() }
    }

    /// A truth value.
    ///
    /// ```
    /// # use holloway::Val;
    /// assert_eq!((Val::bool(true), Val::bool(false)), (Val::TRUE, Val::FALSE));
    /// ```
    #[inline(always)]
    pub fn bool(value: bool) -> Val {
        Val { tag: Tag::BOOL.0 as u64, bits: value as u64 }
    }

    /// A word of the language's own.
    ///
    /// ```
    /// # use holloway::{Unpacked, Val};
    /// assert_eq!(Val::raw(17).unpack(), Unpacked::Raw(17)); // the language knows what 17 means
    /// ```
    #[inline(always)]
    pub fn raw(value: u64) -> Val {
        Val { tag: Tag::RAW.0 as u64, bits: value }
    }

    /// An object.
    ///
    /// ```
    /// # use holloway::{Heap, OutOfMemory, Val};
    /// let mut heap = Heap::new();
    /// let array = heap.new_array(0)?;
    /// assert!(Val::object(array) != Val::object(heap.new_array(0)?), "compared by identity");
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    #[inline(always)]
    pub fn object<T: Object>(object: Gc<T>) -> Val {
        Val { tag: T::TAG.0 as u64, bits: object.address() }
    }

    /// The tag.
    ///
    /// ```
    /// # use holloway::{Tag, Val};
    /// assert_eq!(Val::NIL.tag(), Tag::NIL);
    /// ```
    #[inline(always)]
    pub fn tag(self) -> Tag {
        Tag(self.tag as u32)
    }

    /// The payload, whatever it means.
    ///
    /// ```
    /// # use holloway::Val;
    /// assert_eq!(Val::float(1.0).bits(), 1.0f64.to_bits());
    /// ```
    #[inline(always)]
    pub fn bits(self) -> u64 {
        self.bits
    }

    /// The object, if it is of layout `T`.
    ///
    /// ```
    /// # use holloway::{Array, Heap, OutOfMemory, Val};
    /// let mut heap = Heap::new();
    /// let value = Val::object(heap.new_array(0)?);
    /// assert!(value.cast::<Array>().is_some());
    /// assert!(Val::int(5).cast::<Array>().is_none());
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    #[inline(always)]
    pub fn cast<T: Object>(self) -> Option<Gc<T>> {
        // SAFETY: the tag says that the payload is the address of a live object of this layout.
        (self.tag == T::TAG.0 as u64).then(|| unsafe { Gc::from_address(self.bits) })
    }

    /// The integer.
    ///
    /// ```
    /// # use holloway::Val;
    /// assert_eq!((Val::int(1).as_int(), Val::float(1.0).as_int()), (Some(1), None));
    /// ```
    #[inline(always)]
    pub fn as_int(self) -> Option<i64> {
        (self.tag == Tag::INT.0 as u64).then_some(self.bits as i64)
    }

    /// The double.
    ///
    /// ```
    /// # use holloway::Val;
    /// assert_eq!((Val::float(1.0).as_float(), Val::int(1).as_float()), (Some(1.0), None));
    /// ```
    #[inline(always)]
    pub fn as_float(self) -> Option<f64> {
        (self.tag == Tag::FLOAT.0 as u64).then_some(f64::from_bits(self.bits))
    }

    /// The truth value.
    ///
    /// ```
    /// # use holloway::Val;
    /// assert_eq!((Val::TRUE.as_bool(), Val::NIL.as_bool()), (Some(true), None));
    /// ```
    #[inline(always)]
    pub fn as_bool(self) -> Option<bool> {
        (self.tag == Tag::BOOL.0 as u64).then_some(self.bits != 0)
    }

    /// Nil?
    ///
    /// ```
    /// # use holloway::Val;
    /// assert!(Val::NIL.is_nil() && !Val::FALSE.is_nil());
    /// ```
    #[inline(always)]
    pub fn is_nil(self) -> bool {
        self.tag == Tag::NIL.0 as u64
    }

    /// Tag and payload apart, for a `match`.
    ///
    /// ```
    /// # use holloway::{Unpacked, Val};
    /// fn double(v: Val) -> Option<Val> {
    ///     match v.unpack() {
    ///         Unpacked::Int(n) => n.checked_mul(2).map(Val::int),
    ///         Unpacked::Float(x) => Some(Val::float(x * 2.0)),
    ///         _ => None,
    ///     }
    /// }
    /// assert_eq!(double(Val::int(4)), Some(Val::int(8)));
    /// ```
    pub fn unpack(self) -> Unpacked {
        match self.tag() {
            Tag::NIL => Unpacked::Nil,
            Tag::BOOL => Unpacked::Bool(self.bits != 0),
            Tag::INT => Unpacked::Int(self.bits as i64),
            Tag::FLOAT => Unpacked::Float(f64::from_bits(self.bits)),
            Tag::RAW => Unpacked::Raw(self.bits),
            Tag::ARRAY => match self.cast() {
                Some(array) => Unpacked::Array(array),
                None => Unpacked::Nil,
            },
            tag => Unpacked::Object(tag),
        }
    }

    /// Both words.
    #[inline(always)]
    pub(crate) fn words(self) -> (u64, u64) {
        (self.tag, self.bits)
    }

    /// From both words.
    ///
    /// # Safety
    /// They must come from [`Val::words`] of a value that is still alive, or be zero.
    #[inline(always)]
    pub(crate) unsafe fn from_words(tag: u64, bits: u64) -> Val {
        Val { tag, bits }
    }
}

impl fmt::Debug for Val {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.unpack())
    }
}
