//! Interned greens: a number for every place in a program that a trace mentions.
//!
//! Invariant: equal places have equal numbers, and a number stands for its place as long as the runtime lives.

use crate::language::At;
use crate::trace::KeyId;
use hashbrown::HashMap;

/// The table of places.
pub(crate) struct Keys<C: 'static> {
    places: Vec<At<C>>,
    numbers: HashMap<At<C>, KeyId>,
}

impl<C> Keys<C> {
    pub(crate) fn new() -> Self {
        Keys { places: Vec::new(), numbers: HashMap::new() }
    }

    /// The number of a place.
    pub(crate) fn intern(&mut self, at: At<C>) -> KeyId {
        *self.numbers.entry(at).or_insert_with(|| {
            self.places.push(at);
            KeyId(self.places.len() as u32 - 1)
        })
    }

    /// The place of a number.
    pub(crate) fn get(&self, key: KeyId) -> At<C> {
        self.places[key.0 as usize]
    }

    /// Some place in the code object at this address, if there is one.
    pub(crate) fn with_code(&self, address: usize) -> Option<At<C>> {
        self.places.iter().find(|at| std::ptr::from_ref(at.code) as usize == address).copied()
    }
}
