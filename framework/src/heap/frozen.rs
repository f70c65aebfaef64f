//! Frozen objects: literals of a program, whose words never change.
//!
//! Traces take the words of a frozen object that is a constant for constants, so that a quoted program folds away in the trace of
//! the program that interprets it. The language promises to write no frozen object, and asks ([`Gc::is_frozen`],
//! [`Red::is_frozen`](crate::Red::is_frozen)) before it writes an object that may be one.
//!
//! Invariant: frozen objects are old, and so is what they refer to as long as they live.

use super::array::Array;
use super::gc::Gc;
use super::header::Header;
use super::memory::Heap;
use super::object::Object;
use super::val::Val;

impl Heap {
    /// From now on the words of this object never change: those of an array, too. Made for literals: only objects that were
    /// [tenured](Heap::tenured) can be frozen, and other values stay as they are.
    ///
    /// ```
    /// use holloway::{Heap, Val};
    ///
    /// let mut heap = Heap::new();
    /// let literal = heap.tenured(|heap| heap.array_of(&[Val::int(1)]))?;
    /// heap.freeze(Val::object(literal));
    /// assert!(literal.is_frozen());
    /// # Ok::<(), holloway::OutOfMemory>(())
    /// ```
    pub fn freeze(&mut self, value: Val) {
        if !value.tag().is_object() || self.is_young(value.bits()) {
            return;
        }
        freeze(value.bits());
        if let Some(array) = value.cast::<Array>() {
            freeze(array.get(Array::STORAGE).address());
        }
    }
}

fn freeze(address: u64) {
    Header::of(address).with_frozen().write(address);
}

/// Do the words of the object at this address never change?
pub(crate) fn is_frozen(address: u64) -> bool {
    Header::of(address).is_frozen()
}

impl<T: Object> Gc<T> {
    /// Do its words never change? See [`Heap::freeze`].
    #[inline]
    pub fn is_frozen(self) -> bool {
        is_frozen(self.address())
    }
}
