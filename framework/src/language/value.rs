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
///
/// ```
/// use holloway::{Mode, Run, Val, Value};
///
/// /// `a + b`, for a language whose ints become floats where they meet one.
/// fn add<M: Mode>(a: Value<M>, b: Value<M>) -> Option<Value<M>> {
///     if let (Some(a), Some(b)) = (a.as_int(), b.as_int()) {
///         return a.checked_add(b).map(Value::int); // guards: two tags, overflow
///     }
///     let float = |v: Value<M>| v.as_float().or_else(|| Some(v.as_int()?.to_float()));
///     Some(Value::float(float(a)? + float(b)?))
/// }
/// let sum = add::<Run>(Value::green(Val::int(1)), Value::green(Val::float(0.5)));
/// assert_eq!(sum.and_then(|v| v.untraced().as_float()), Some(1.5));
/// ```
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
        t if t.is_object() => Ty::Ref,
        _ => Ty::Int,
    }
}

impl<M: Mode> Value<M> {
    /// A constant.
    ///
    /// ```
    /// # use holloway::{Run, Tag, Val, Value};
    /// assert_eq!(Value::<Run>::green(Val::TRUE).tag(), Tag::BOOL);
    /// ```
    #[inline(always)]
    pub fn green(value: Val) -> Self {
        Value {
            tag: Red::green(value.tag()),
            bits: value.bits(),
            name: M::constant(payload_ty(value.tag()), value.bits()),
        }
    }

    /// Nil.
    ///
    /// ```
    /// # use holloway::{Run, Tag, Value};
    /// assert_eq!(Value::<Run>::nil().tag(), Tag::NIL);
    /// ```
    #[inline(always)]
    pub fn nil() -> Self {
        Value::green(Val::NIL)
    }

    #[inline(always)]
    fn with_tag<T: FieldType>(tag: Tag, payload: Red<M, T>) -> Self {
        Value { tag: Red::green(tag), bits: payload.value.to_bits(), name: payload.name }
    }

    /// An integer.
    ///
    /// ```
    /// # use holloway::{Run, Value};
    /// assert_eq!(Value::<Run>::int(7.into()).untraced().as_int(), Some(7));
    /// ```
    #[inline(always)]
    pub fn int(value: Red<M, i64>) -> Self {
        Value::with_tag(Tag::INT, value)
    }

    /// A double.
    ///
    /// ```
    /// # use holloway::{Run, Value};
    /// assert_eq!(Value::<Run>::float(0.5.into()).untraced().as_float(), Some(0.5));
    /// ```
    #[inline(always)]
    pub fn float(value: Red<M, f64>) -> Self {
        Value::with_tag(Tag::FLOAT, value)
    }

    /// A value of the language's own ([`Tag::RAW`]) with this payload.
    ///
    /// ```
    /// # use holloway::{Run, Tag, Value};
    /// assert_eq!(Value::<Run>::raw(9.into()).tag(), Tag::RAW);
    /// ```
    #[inline(always)]
    pub fn raw(word: Red<M, i64>) -> Self {
        Value::with_tag(Tag::RAW, word)
    }

    /// A truth value.
    ///
    /// ```
    /// # use holloway::{Red, Run, Value};
    /// let less = Red::<Run, i64>::from(1).lt_value(2.into());
    /// assert_eq!(Value::bool(less).untraced().as_bool(), Some(true));
    /// ```
    #[inline(always)]
    pub fn bool(value: Red<M, bool>) -> Self {
        Value::with_tag(Tag::BOOL, value)
    }

    /// An object.
    ///
    /// ```
    /// # use holloway::{Array, Heap, Red, Run, Tag, Value};
    /// let mut heap = Heap::new();
    /// let array = heap.new_array(4)?;
    /// assert_eq!(Value::object(Red::<Run, _>::green(array)).tag(), Tag::ARRAY);
    /// # Ok::<(), holloway::OutOfMemory>(())
    /// ```
    #[inline(always)]
    pub fn object<T: Object>(value: Red<M, Gc<T>>) -> Self {
        Value::with_tag(T::TAG, value)
    }

    /// The tag, promoted: a guard that it is the same next time.
    ///
    /// ```
    /// # use holloway::{Mode, Tag, Value};
    /// fn is_true<M: Mode>(v: Value<M>) -> bool {
    ///     match v.tag() {
    ///         Tag::NIL => false,
    ///         Tag::BOOL => v.as_bool().is_some_and(|b| b.test()),
    ///         _ => true,
    ///     }
    /// }
    /// # assert!(!is_true::<holloway::Run>(Value::nil()));
    /// ```
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
    ///
    /// ```
    /// # use holloway::{Mode, Red, Value};
    /// fn half<M: Mode>(v: Value<M>) -> Option<Red<M, i64>> {
    ///     v.as_int()?.checked_floordiv(2.into())
    /// }
    /// # assert_eq!(half::<holloway::Run>(Value::int(9.into())).map(Red::promote), Some(4));
    /// ```
    #[inline(always)]
    pub fn as_int(self) -> Option<Red<M, i64>> {
        (self.tag() == Tag::INT).then(|| self.payload(self.bits as i64))
    }

    /// The double, if it is one.
    ///
    /// ```
    /// # use holloway::{Run, Value};
    /// assert!(Value::<Run>::int(1.into()).as_float().is_none());
    /// ```
    #[inline(always)]
    pub fn as_float(self) -> Option<Red<M, f64>> {
        (self.tag() == Tag::FLOAT).then(|| self.payload(f64::from_bits(self.bits)))
    }

    /// The truth value, if it is one.
    ///
    /// ```
    /// # use holloway::{Run, Val, Value};
    /// assert_eq!(Value::<Run>::green(Val::FALSE).as_bool().map(|b| b.test()), Some(false));
    /// ```
    #[inline(always)]
    pub fn as_bool(self) -> Option<Red<M, bool>> {
        (self.tag() == Tag::BOOL).then(|| self.payload(self.bits != 0))
    }

    /// The payload as a word, whatever it means: for values of the language's own ([`Tag::RAW`]).
    ///
    /// ```
    /// # use holloway::{Run, Val, Value};
    /// assert_eq!(Value::<Run>::green(Val::raw(9)).word().promote(), 9);
    /// ```
    #[inline(always)]
    pub fn word(self) -> Red<M, i64> {
        debug_assert!(!self.tag.value.is_object(), "the address of an object is no number");
        self.payload(self.bits as i64)
    }

    /// The object, if it is of layout `T`.
    ///
    /// ```
    /// # use holloway::{Array, Mode, Red, Value};
    /// fn length<M: Mode>(v: Value<M>) -> Option<Red<M, i64>> {
    ///     Some(v.cast::<Array>()?.count())
    /// }
    /// # assert!(length::<holloway::Run>(Value::nil()).is_none());
    /// ```
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
    ///
    /// ```
    /// # use holloway::{Mode, Value};
    /// fn complain<M: Mode>(v: Value<M>) -> String {
    ///     format!("{:?} cannot be called", v.untraced())
    /// }
    /// # assert_eq!(complain::<holloway::Run>(Value::nil()), "Nil cannot be called");
    /// ```
    #[inline(always)]
    pub fn untraced(self) -> Val {
        // SAFETY: tag and payload belong together.
        unsafe { Val::from_words(self.tag.value.0 as u64, self.bits) }
    }

    /// The same two words, bit for bit? Both as guards.
    ///
    /// ```
    /// # use holloway::{Run, Val, Value};
    /// let (a, b) = (Value::<Run>::green(Val::int(1)), Value::<Run>::green(Val::float(1.0)));
    /// assert!(a.same(a) && !a.same(b));
    /// ```
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
        if matches!(M::WORLD, World::Record) && value.tag().is_object() {
            crate::record::tls::with(|r| r.note_reference(M::to_ref(bits)));
        }
        Value { tag: Red::new(value.tag(), tag), bits: value.bits(), name: bits }
    }
}
