//! Framework arrays in handlers: fast paths that trace to a kind guard, a bounds check and a load or store.
//!
//! Invariant: as for [`Array`]: elements fit the kind. What the fast paths do not cover (growing, changing the kind) is for a
//! residual function of the language, which calls [`Gc<Array>`](Array)'s plain methods.

use super::access::{payload_of, value_of};
use super::mode::Mode;
use super::red::Red;
use super::value::Value;
use crate::heap::array::Storage;
use crate::heap::{Array, Gc, Tag};

impl<M: Mode> Red<M, Gc<Array>> {
    /// How many elements.
    #[inline(always)]
    pub fn count(self) -> Red<M, i64> {
        let words = self.get(Array::STORAGE).len();
        if self.get(Array::KIND).promote() == Tag::MIXED {
            words.unsigned_shr(Red::green(1))
        } else {
            words
        }
    }

    /// An element; `None` if there is none at this index (negative ones included).
    #[inline(always)]
    pub fn load(self, index: Red<M, i64>) -> Option<Value<M>> {
        let kind = self.get(Array::KIND).promote();
        let storage = self.get(Array::STORAGE);
        if kind == Tag::MIXED {
            return load_mixed(storage, index);
        }
        let bits = storage.at(Storage::WORDS, index)?;
        Some(value_of(Red::green(kind), bits))
    }

    /// Changes an element if that needs no change of kind; `false` if it does, or if there is none at this index.
    #[inline(always)]
    pub fn try_store(self, index: Red<M, i64>, value: Value<M>) -> bool {
        let kind = self.get(Array::KIND).promote();
        if kind == Tag::MIXED || value.tag() != kind {
            return false;
        }
        self.get(Array::STORAGE).set_at(Storage::WORDS, index, payload_of(value))
    }

    /// Appends an element if there is room and no change of kind is needed; `false` otherwise.
    #[inline(always)]
    pub fn try_push(self, value: Value<M>) -> bool {
        let kind = self.get(Array::KIND).promote();
        if kind == Tag::MIXED || value.tag() != kind {
            return false;
        }
        let storage = self.get(Array::STORAGE);
        let len = storage.len();
        if len >= storage.capacity() {
            return false;
        }
        storage.set_len(len + 1);
        storage.set_at_unchecked(Storage::WORDS, len, payload_of(value));
        true
    }
    /// Removes the last element; `None` if there is none, or if the elements differ in type.
    #[inline(always)]
    pub fn try_pop(self) -> Option<Value<M>> {
        let kind = self.get(Array::KIND).promote();
        if kind == Tag::MIXED {
            return None;
        }
        let storage = self.get(Array::STORAGE);
        let last = storage.len() - 1;
        let bits = storage.at(Storage::WORDS, last)?;
        storage.set_len(last);
        Some(value_of(Red::green(kind), bits))
    }
}

/// An element of a mixed array: a tag word, then a payload word.
fn load_mixed<M: Mode>(storage: Red<M, Gc<Storage>>, index: Red<M, i64>) -> Option<Value<M>> {
    let words = storage.len();
    if !index.below(words.unsigned_shr(Red::green(1))) {
        return None;
    }
    let at = index + index;
    let tag = storage.at(Storage::WORDS, at)?;
    let bits = storage.at(Storage::WORDS, at + 1)?;
    let tag = Red::new(Tag(tag.value as u32), tag.name);
    Some(value_of(tag, bits))
}
