//! Quasi-immutable fields: they may change, but traces take them for constants and are given up when they do.
//!
//! ```text
//! guard_valid          nobody has written the field: costs nothing
//! ..                   its value is a constant, if the object is one
//! ```
//! An object with such fields has one more word: the number of its validity cell, 0 if no trace relies on it, and above that
//! how often the cell broke. After that has happened a few times the fields are read like others.
//!
//! Invariant: whoever writes such a field breaks the cell; so the handle of a quasi-immutable field is no [`Field`], which could
//! be written without.
#![allow(
    unsafe_code,
    reason = "layouts vouch for their fields; thunks turn words back into arguments"
)]

use super::cx::{Cx, Language, Runtime};
use super::mode::{Mode, World};
use super::red::Red;
use super::residual::{Callee, Nothing, dynamic_from, dynamic_names, residual, thunk};
use super::value::Value;
use crate::heap::{Field, Gc, Heap, Object, Val};
use crate::record::tls;
use crate::run::Context;
use crate::trace::{CallEffect, Mutability, Ty};

/// A field marked `#[quasi_immutable]`.
///
/// ```
/// use holloway::{Cx, Gc, Language, Mode, Object, Red, Val, Value};
///
/// /// A global variable: hardly ever assigned once the program runs.
/// #[derive(Object)]
/// #[object(tag = 16)]
/// struct Global {
///     #[quasi_immutable]
///     value: Val,
/// }
///
/// fn increment<M: Mode, L: Language>(cx: &mut Cx<'_, M, L>, global: Red<M, Gc<Global>>) {
///     let value = cx.watched(global, Global::VALUE);
///     if let Some(n) = value.as_int() {
///         cx.set_watched(global, Global::VALUE, Value::int(n + 1));
///     }
/// }
///
/// let mut heap = holloway::Heap::new();
/// let global = Global::alloc(&mut heap, Val::int(1))?;
/// heap.set_watched(global, Global::VALUE, Val::int(2));
/// assert_eq!(global.watched(Global::VALUE), Val::int(2));
/// # Ok::<(), holloway::OutOfMemory>(())
/// ```
pub struct Watched<T> {
    value: Field<T, Val>,
    validity: Field<T, i64>,
}

impl<T> Clone for Watched<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Watched<T> {}

impl<T: Object> Watched<T> {
    /// For `#[derive(Object)]`.
    ///
    /// # Safety
    /// The validity word of `value` must lie `validity` bytes into every `T`.
    #[doc(hidden)]
    pub const unsafe fn new(value: Field<T, Val>, name: &'static str, validity: u32) -> Self {
        // SAFETY: the caller vouches for the layout.
        Watched { value, validity: unsafe { Field::new(name, validity, Mutability::Mutable) } }
    }

    /// For generated constructors: of an object that nobody else has seen.
    #[doc(hidden)]
    pub const fn unwatched(self) -> Field<T, Val> {
        self.value
    }
}

/// The number in a validity word; above it stands how often it broke.
const NUMBER: i64 = (1 << 48) - 1;
/// A field that broke so often is not relied on any more.
const RESTLESS: i64 = 2;

impl<T: Object> Gc<T> {
    /// Reads a quasi-immutable field.
    ///
    /// ```
    /// # use holloway::{Gc, Object, Val};
    /// #[derive(Object)]
    /// #[object(tag = 16)]
    /// struct Global {
    ///     #[quasi_immutable]
    ///     value: Val,
    /// }
    ///
    /// /// For the host; a dispatch loop says `cx.watched(..)`, which traces take for a constant.
    /// fn show(global: Gc<Global>) -> String {
    ///     format!("{:?}", global.watched(Global::VALUE))
    /// }
    /// ```
    #[inline(always)]
    pub fn watched(self, field: Watched<T>) -> Val {
        self.get_val(field.value)
    }
}

impl Heap {
    /// Writes a quasi-immutable field. Code that was compiled with its value in mind is given up.
    ///
    /// ```
    /// # use holloway::{Heap, Object, OutOfMemory, Val};
    /// # #[derive(Object)]
    /// # #[object(tag = 16)]
    /// # struct Global {
    /// #     #[quasi_immutable]
    /// #     value: Val,
    /// # }
    /// # let mut heap = Heap::new();
    /// let global = Global::alloc(&mut heap, Val::NIL)?;
    /// heap.set_watched(global, Global::VALUE, Val::int(1));
    /// assert_eq!(global.watched(Global::VALUE), Val::int(1));
    /// # Ok::<(), OutOfMemory>(())
    /// ```
    #[inline]
    pub fn set_watched<T: Object>(&mut self, object: Gc<T>, field: Watched<T>, value: Val) {
        object.set_val(field.value, value);
        let word = object.get(field.validity);
        if word & NUMBER != 0 {
            self.shapes.validity.break_number((word & NUMBER) as u64);
            object.set(field.validity, (word | NUMBER) + 1);
        }
    }

    /// The validity cell of an object; `None` if it changes too often.
    fn rely_on<T: Object>(&mut self, object: Gc<T>, field: Watched<T>) -> Option<u64> {
        let word = object.get(field.validity);
        match word & NUMBER {
            _ if word >> 48 >= RESTLESS => None,
            0 => {
                let number = self.shapes.validity.make();
                object.set(field.validity, word | number as i64);
                Some(number)
            }
            number => Some(number as u64),
        }
    }
}

impl<M: Mode, L: Language> Cx<'_, M, L> {
    /// Reads a quasi-immutable field; in a trace that knows the object, a constant.
    #[inline(always)]
    pub fn watched<T: Object>(&mut self, object: Red<M, Gc<T>>, field: Watched<T>) -> Value<M> {
        if matches!(M::WORLD, World::Record)
            && let Some(value) = self.watch(object, field)
        {
            return value;
        }
        object.get_value(field.value)
    }

    fn watch<T: Object>(&mut self, object: Red<M, Gc<T>>, field: Watched<T>) -> Option<Value<M>> {
        let name = M::to_ref(object.name);
        if !tls::with(|r| r.replay_is_empty() && r.is_constant(name)) {
            return None;
        }
        let cell = self.heap().rely_on(object.value, field)?;
        let value = Value::green(object.value.get_val(field.value));
        // A guard later in this instruction takes it for what was loaded.
        let words = [value.tag.name, super::access::payload_of(value).name].map(M::to_ref);
        tls::with(|r| {
            r.record_valid(cell);
            words.into_iter().for_each(|word| r.log_word(word));
        });
        Some(value)
    }

    /// Writes a quasi-immutable field: in a trace a store, after a guard that nobody relies on the object.
    #[inline(always)]
    pub fn set_watched<T: Object>(
        &mut self,
        object: Red<M, Gc<T>>,
        field: Watched<T>,
        value: Value<M>,
    ) {
        if matches!(M::WORLD, World::Run) {
            return self.heap().set_watched(object.value, field, value.untraced());
        }
        if (object.get(field.validity) & Red::green(NUMBER)) == 0 {
            return object.set_value(field.value, value);
        }
        let callee = Callee {
            name: "set_watched",
            address: set_thunk::<L, T> as *const () as usize,
            effect: CallEffect::Writes,
            can_fail: false,
        };
        let mut names = Vec::new();
        if matches!(M::WORLD, World::Record) {
            names.push(M::to_ref(object.name));
            let Field { offset, tag_offset, .. } = field.value;
            let value_at = u64::from(offset) | u64::from(tag_offset) << 32;
            let offsets = [value_at, field.validity.offset.into()];
            names.extend(offsets.map(|o| M::to_ref(M::constant(Ty::Int, o))));
            dynamic_names(value, &mut names);
        }
        let (plain, new) = (object.value, value.untraced());
        let _: Result<(), L::Error> =
            residual::<M, L, Nothing>(self, &callee, &SET, &names, |rt| {
                rt.heap().set_watched(plain, field, new);
                Ok(Nothing)
            });
    }
}

const SET: [Ty; 5] = [Ty::Ref, Ty::Int, Ty::Int, Ty::Int, Ty::Int];

extern "C" fn set_thunk<L: Language, T: Object>(
    context: *mut Context,
    object: u64,
    offset: u64,
    validity: u64,
    tag: u64,
    bits: u64,
) -> u64 {
    // SAFETY: traces of this language pass an object of this layout, the offsets of a handle of it, and tag and payload of one
    // value.
    unsafe {
        thunk::<L, Nothing>(context, |rt: &mut Runtime<L>| {
            let object: Gc<T> = Gc::from_address(object);
            let (tag_at, value_at) = ((offset >> 32) as u32, offset as u32);
            let value = Field::of_val(T::NAME, tag_at, value_at, Mutability::Mutable);
            let field = Watched::new(value, T::NAME, validity as u32);
            rt.heap().set_watched(object, field, dynamic_from(tag, bits));
            Ok(Nothing)
        })
    }
}
