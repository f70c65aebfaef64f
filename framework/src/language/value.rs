//! `Value<M>`: a dynamically typed value in a handler: a red tag and a red payload.
//!
//! Asking for the tag promotes it, so type tests are guards that the optimizer removes where the tag is known; the payload
//! stays an unboxed word. Invariant: the payload fits the tag, as in [`Val`].
#![allow(unsafe_code, reason = "payload words may be addresses")]

use super::mode::{Mode, World};
use super::red::Red;
use crate::heap::{FieldType, Gc, Object, Tag, Val};
use crate::trace::Ty;

/// A dynamically typed value. See [`Val`] for the plain one.
pub struct Value<M: Mode> {
    pub(crate) tag: Red<M, Tag>,
    pub(crate) bits: u64,
    pub(crate) name: M::Name,
}

impl<M: Mode> Clone for Value<M> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}

impl<M: Mode> Copy for Value<M> {}

/// The type a payload has under this tag.
pub(crate) fn payload_ty(tag: Tag) -> Ty {
    match tag {
        Tag::FLOAT => Ty::Float,
        Tag::BOOL => Ty::Bool,
        t if t == Tag::ARRAY || t >= Tag::FIRST_OBJECT => Ty::Ref,
        _ => Ty::Int,
    }
}

impl<M: Mode> Value<M> {
    /// A constant.
    #[inline(always)]
    pub fn green(value: Val) -> Self {
        Value {
            tag: Red::green(value.tag()),
            bits: value.bits(),
            name: M::constant(payload_ty(value.tag()), value.bits()),
        }
    }

    /// Nil.
    #[inline(always)]
    pub fn nil() -> Self {
        Value::green(Val::NIL)
    }

    #[inline(always)]
    fn with_tag<T: FieldType>(tag: Tag, payload: Red<M, T>) -> Self {
        Value { tag: Red::green(tag), bits: payload.value.to_bits(), name: payload.name }
    }

    /// An integer.
    #[inline(always)]
    pub fn int(value: Red<M, i64>) -> Self {
        Value::with_tag(Tag::INT, value)
    }

    /// A double.
    #[inline(always)]
    pub fn float(value: Red<M, f64>) -> Self {
        Value::with_tag(Tag::FLOAT, value)
    }

    /// A truth value.
    #[inline(always)]
    pub fn bool(value: Red<M, bool>) -> Self {
        Value::with_tag(Tag::BOOL, value)
    }

    /// An object.
    #[inline(always)]
    pub fn object<T: Object>(value: Red<M, Gc<T>>) -> Self {
        Value::with_tag(T::TAG, value)
    }

    /// The tag, promoted: a guard that it is the same next time.
    #[inline(always)]
    pub fn tag(self) -> Tag {
        self.tag.promote()
    }

    #[inline(always)]
    fn payload<T: FieldType>(self, value: T) -> Red<M, T> {
        let name = if matches!(M::WORLD, World::Record) {
            M::cast(self.name, T::TY, self.bits)
        } else {
            self.name
        };
        Red { value, name }
    }

    /// The integer, if it is one.
    #[inline(always)]
    pub fn as_int(self) -> Option<Red<M, i64>> {
        (self.tag() == Tag::INT).then(|| self.payload(self.bits as i64))
    }

    /// The double, if it is one.
    #[inline(always)]
    pub fn as_float(self) -> Option<Red<M, f64>> {
        (self.tag() == Tag::FLOAT).then(|| self.payload(f64::from_bits(self.bits)))
    }

    /// The truth value, if it is one.
    #[inline(always)]
    pub fn as_bool(self) -> Option<Red<M, bool>> {
        (self.tag() == Tag::BOOL).then(|| self.payload(self.bits != 0))
    }

    /// The payload as a word, whatever it means: for values of the language's own ([`Tag::RAW`]).
    #[inline(always)]
    pub fn word(self) -> Red<M, i64> {
        self.payload(self.bits as i64)
    }

    /// The object, if it is of layout `T`.
    #[inline(always)]
    pub fn cast<T: Object>(self) -> Option<Red<M, Gc<T>>> {
        if self.tag() != T::TAG {
            return None;
        }
        // SAFETY: the tag says that the payload is the address of a live object of this layout.
        let object = unsafe { Gc::from_address(self.bits) };
        Some(self.payload(object))
    }

    /// As plain data. What is done with it is not traced: for errors, and for arguments that are promoted anyway.
    #[inline(always)]
    pub fn untraced(self) -> Val {
        // SAFETY: tag and payload belong together.
        unsafe { Val::from_words(self.tag.value.0 as u64, self.bits) }
    }

    /// The same two words, bit for bit? Both as guards.
    #[inline(always)]
    pub fn same(self, other: Self) -> bool {
        if self.tag() != other.tag() {
            return false;
        }
        let (a, b) = (self.payload(self.bits as i64), other.payload(other.bits as i64));
        a == b
    }

    /// From a plain value and the names of its words.
    #[inline(always)]
    pub(crate) fn named(value: Val, tag: M::Name, bits: M::Name) -> Self {
        Value { tag: Red::new(value.tag(), tag), bits: value.bits(), name: bits }
    }
}
