//! Framework arrays in handlers: fast paths that trace to a kind guard, a bounds check and a load or store.
//!
//! Invariant: as for [`Array`]: elements fit the kind. What the fast paths do not cover (growing, changing the kind) is for a
//! residual function of the language, which calls [`Gc<Array>`](Array)'s plain methods.

use super::access::{allocate, payload_of, value_of};
use super::cx::{Cx, Language};
use super::frame::Frame;
use super::mode::{Mode, World};
use super::red::Red;
use super::value::Value;
use crate::heap::array::Storage;
use crate::heap::{Array, Gc, Tag, Val};

/// A longer array is made by a call.
const MOST_TRACED: u16 = 16;

impl<M: Mode, L: Language> Cx<'_, M, L> {
    /// An array of the values in `count` slots from `first` on. A short one is traced as allocations and stores, so that an array
    /// that does not leave its trace is never made; the tags of the values are promoted.
    ///
    /// # Errors
    /// [`Language::out_of_memory`].
    #[inline(always)]
    pub fn array_of_slots(
        &mut self,
        frame: Frame<M, L>,
        first: u16,
        count: u16,
    ) -> Result<Value<M>, L::Error> {
        if matches!(M::WORLD, World::Run) || count > MOST_TRACED {
            return self.call_builtin("array", array_of::<L>, frame, first, count);
        }
        self.trace_array(frame, first, count)
    }

    fn trace_array(
        &mut self,
        frame: Frame<M, L>,
        first: u16,
        count: u16,
    ) -> Result<Value<M>, L::Error> {
        let values: Vec<Value<M>> = (first..first + count).map(|slot| frame.get(slot)).collect();
        let tags: Vec<Tag> = values.iter().map(|value| value.tag()).collect();
        let kind = match tags.first() {
            None => Tag::EMPTY,
            Some(&tag) if tags.iter().all(|&other| other == tag) => tag,
            Some(_) => Tag::MIXED,
        };
        let words = tags.len() * if kind == Tag::MIXED { 2 } else { 1 };
        let storage = allocate::<M, L, Storage>(self, words).map_err(|_| L::out_of_memory())?;
        storage.set(Storage::KIND, Red::green(kind));
        let array = allocate::<M, L, Array>(self, 0).map_err(|_| L::out_of_memory())?;
        array.set(Array::STORAGE, storage);
        let store = |index: usize, word: Red<M, i64>| {
            storage.set_at_unchecked(Storage::WORDS, Red::green(index as i64), word);
        };
        for (i, (&value, tag)) in values.iter().zip(&tags).enumerate() {
            if kind == Tag::MIXED {
                store(2 * i, Red::green(i64::from(tag.0)));
                store(2 * i + 1, payload_of(value));
            } else {
                store(i, payload_of(value));
            }
        }
        Ok(Value::object(array))
    }
}

fn array_of<L: Language>(rt: &mut super::cx::Runtime<L>, values: &[Val]) -> Result<Val, L::Error> {
    let array = rt.heap().array_of(values).map_err(|_| L::out_of_memory())?;
    Ok(Val::object(array))
}

impl<M: Mode> Red<M, Gc<Array>> {
    /// How many elements.
    ///
    /// ```
    /// # use holloway::{Array, Mode, Red, Value};
    /// /// `len(a)`, of an array.
    /// fn len<M: Mode>(a: Value<M>) -> Option<Red<M, i64>> {
    ///     Some(a.cast::<Array>()?.count())
    /// }
    /// ```
    #[inline(always)]
    pub fn count(self) -> Red<M, i64> {
        let storage = self.get(Array::STORAGE);
        let words = storage.len();
        if storage.get(Storage::KIND).promote() == Tag::MIXED {
            words.unsigned_shr(Red::green(1))
        } else {
            words
        }
    }

    /// An element; `None` if there is none at this index (negative ones included).
    ///
    /// ```
    /// # use holloway::{Array, Mode, Value};
    /// /// `a[i]`: guards on the kind and on the index, and a load.
    /// fn index<M: Mode>(a: Value<M>, i: Value<M>) -> Option<Value<M>> {
    ///     a.cast::<Array>()?.load(i.as_int()?)
    /// }
    /// ```
    #[inline(always)]
    pub fn load(self, index: Red<M, i64>) -> Option<Value<M>> {
        let storage = self.get(Array::STORAGE);
        let kind = storage.get(Storage::KIND).promote();
        if kind == Tag::MIXED {
            return load_mixed(storage, index);
        }
        let bits = storage.at(Storage::WORDS, index)?;
        Some(value_of(Red::green(kind), bits))
    }

    /// Changes an element if that needs no change of kind; `false` if it does, or if there is none at this index.
    ///
    /// ```
    /// # use holloway::{Array, Mode, Value};
    /// /// `a[i] = v`; `None`: a call does it, or reports what is wrong.
    /// fn store<M: Mode>(a: Value<M>, i: Value<M>, v: Value<M>) -> Option<()> {
    ///     a.cast::<Array>()?.try_store(i.as_int()?, v).then_some(())
    /// }
    /// ```
    #[inline(always)]
    pub fn try_store(self, index: Red<M, i64>, value: Value<M>) -> bool {
        let storage = self.get(Array::STORAGE);
        let kind = storage.get(Storage::KIND).promote();
        if kind == Tag::MIXED {
            return store_mixed(storage, index, value);
        }
        if value.tag() != kind || !index.below(storage.len()) {
            return false;
        }
        storage.set_payload(index, value, kind);
        true
    }

    /// Appends an element if there is room and no change of kind is needed; `false` otherwise.
    ///
    /// ```
    /// # use holloway::{Array, Mode, Value};
    /// /// `push(a, v)`; `None`: a call makes room first.
    /// fn push<M: Mode>(a: Value<M>, v: Value<M>) -> Option<()> {
    ///     a.cast::<Array>()?.try_push(v).then_some(())
    /// }
    /// ```
    #[inline(always)]
    pub fn try_push(self, value: Value<M>) -> bool {
        let storage = self.get(Array::STORAGE);
        let kind = storage.get(Storage::KIND).promote();
        if kind == Tag::MIXED {
            return push_mixed(storage, value);
        }
        if value.tag() != kind {
            return false;
        }
        let len = storage.len();
        if len >= storage.capacity() {
            return false;
        }
        storage.set_len(len + 1);
        storage.set_payload(len, value, kind);
        true
    }

    /// Removes the last element; `None` if there is none.
    ///
    /// ```
    /// # use holloway::{Array, Mode, Value};
    /// /// `pop(a)`; `None`: a call does it, or reports that the array is empty.
    /// fn pop<M: Mode>(a: Value<M>) -> Option<Value<M>> {
    ///     a.cast::<Array>()?.try_pop()
    /// }
    /// ```
    #[inline(always)]
    pub fn try_pop(self) -> Option<Value<M>> {
        let storage = self.get(Array::STORAGE);
        let kind = storage.get(Storage::KIND).promote();
        if kind == Tag::MIXED {
            return pop_mixed(storage);
        }
        let last = storage.len() - 1;
        let bits = storage.at(Storage::WORDS, last)?;
        storage.set_len(last);
        Some(value_of(Red::green(kind), bits))
    }
}

impl<M: Mode> Red<M, Gc<Storage>> {
    /// Writes the payload of a value of this kind, which the storage has too, at an index within the length.
    #[inline(always)]
    fn set_payload(self, index: Red<M, i64>, value: Value<M>, kind: Tag) {
        let payload = payload_of(value);
        let write = |storage: Gc<Storage>, index: i64| {
            storage.set_at(Storage::WORDS, index as usize, value.bits as i64);
            storage.noting(kind);
        };
        self.store_elem(Storage::WORDS, index, payload, write);
    }

    /// Writes both words of a value, the first at word `at`, of a mixed storage; they lie within the length. The tag need not
    /// be known, and is not promoted.
    #[inline(always)]
    fn set_pair(self, at: Red<M, i64>, value: Value<M>) {
        let plain = value.untraced();
        let tag = Red::new(i64::from(value.tag.value.0), value.tag.name);
        self.store_elem(Storage::WORDS, at, tag, |storage, at| {
            let (tag, bits) = plain.words();
            storage.set_at(Storage::WORDS, at as usize, tag as i64);
            storage.set_at(Storage::WORDS, at as usize + 1, bits as i64);
            storage.noting(plain.tag());
        });
        // Written with the tag.
        self.store_elem(Storage::WORDS, at + 1, payload_of(value), |_, _| ());
    }

    /// The value whose words begin at word `at` of a mixed storage; `None` if they lie beyond the length.
    #[inline(always)]
    fn pair(self, at: Red<M, i64>) -> Option<Value<M>> {
        let tag = self.at(Storage::WORDS, at)?;
        let bits = self.at(Storage::WORDS, at + 1)?;
        Some(value_of(Red::new(Tag(tag.value as u32), tag.name), bits))
    }
}

/// An element of a mixed array: a tag word, then a payload word.
fn load_mixed<M: Mode>(storage: Red<M, Gc<Storage>>, index: Red<M, i64>) -> Option<Value<M>> {
    let words = storage.len();
    if !index.below(words.unsigned_shr(Red::green(1))) {
        return None;
    }
    storage.pair(index + index)
}

/// Any value fits.
fn store_mixed<M: Mode>(storage: Red<M, Gc<Storage>>, index: Red<M, i64>, value: Value<M>) -> bool {
    let words = storage.len();
    if !index.below(words.unsigned_shr(Red::green(1))) {
        return false;
    }
    storage.set_pair(index + index, value);
    true
}

fn push_mixed<M: Mode>(storage: Red<M, Gc<Storage>>, value: Value<M>) -> bool {
    let len = storage.len();
    if len + 1 >= storage.capacity() {
        return false;
    }
    storage.set_len(len + 2);
    storage.set_pair(len, value);
    true
}

fn pop_mixed<M: Mode>(storage: Red<M, Gc<Storage>>) -> Option<Value<M>> {
    let last = storage.len() - 2;
    let value = storage.pair(last)?;
    storage.set_len(last);
    Some(value)
}
