//! Interned greens: a number for every place in a program that a trace mentions.
//!
//! A loop header may have a *mark*, greens of the language's own: it makes several places of one. Invariant: equal places have
//! equal numbers, and a number stands for its place as long as the runtime lives.

use crate::count::{ENTRY, site};
use crate::language::{At, Mark};
use crate::trace::KeyId;
use hashbrown::HashMap;

/// The table of places.
pub(crate) struct Keys<C: 'static> {
    /// With the number of the mark.
    places: Vec<(At<C>, u32)>,
    numbers: HashMap<(At<C>, u32), KeyId>,
    /// Number `n` is at `n - 1`.
    marks: Vec<Mark>,
    marked: HashMap<Mark, u32>,
}

impl<C> Keys<C> {
    pub(crate) fn new() -> Self {
        Keys {
            places: Vec::new(),
            numbers: HashMap::new(),
            marks: Vec::new(),
            marked: HashMap::new(),
        }
    }

    /// The number of a place.
    pub(crate) fn intern(&mut self, at: At<C>) -> KeyId {
        self.intern_marked(at, 0)
    }

    /// The number of a place with the mark of this number.
    pub(crate) fn intern_marked(&mut self, at: At<C>, mark: u32) -> KeyId {
        *self.numbers.entry((at, mark)).or_insert_with(|| {
            self.places.push((at, mark));
            KeyId(self.places.len() as u32 - 1)
        })
    }

    /// The number of a mark: not 0.
    pub(crate) fn mark(&mut self, mark: Mark) -> u32 {
        *self.marked.entry(mark).or_insert_with(|| {
            self.marks.push(mark);
            self.marks.len() as u32
        })
    }

    /// The level of the loop that begins at this key.
    pub(crate) fn level(&self, key: KeyId) -> u8 {
        match self.places[key.0 as usize].1 {
            0 => 0,
            mark => self.marks[mark as usize - 1].level,
        }
    }

    /// The number of a key's mark.
    pub(crate) fn mark_of(&self, key: KeyId) -> u32 {
        self.places[key.0 as usize].1
    }

    /// The place of a number.
    pub(crate) fn get(&self, key: KeyId) -> At<C> {
        self.places[key.0 as usize].0
    }

    /// Under what a header is counted: its code, and what is said of it there.
    pub(crate) fn site(&self, key: KeyId) -> (usize, u64) {
        let (at, mark) = self.places[key.0 as usize];
        (std::ptr::from_ref(at.code) as *const () as usize, site(at.pc, mark))
    }

    /// As [`Keys::site`], of a function's entry.
    pub(crate) fn entry(&self, key: KeyId) -> (usize, u64) {
        (self.site(key).0, ENTRY)
    }

    /// Some place in the code object at this address, if there is one.
    pub(crate) fn with_code(&self, address: usize) -> Option<At<C>> {
        let places = self.places.iter().map(|place| place.0);
        places.into_iter().find(|at| std::ptr::from_ref(at.code) as usize == address)
    }
}
