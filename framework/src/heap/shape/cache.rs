//! Inline caches: what a place in the program found out about the shapes that came by.
//!
//! ```text
//!   uninitialized --> monomorphic --> polymorphic (up to 4 shapes) --> megamorphic
//! ```
//! A megamorphic place asks the global cache of the heap, which is shared by all of them, and keeps its last answer.
//!
//! Invariant: an answer belongs to a shape and a name, and is right for ever, because shapes never change; only that an added
//! property leads to this target may be outdated, which the target knows, and what a prototype has, which the epoch tells.

use super::table::{ShapeStats, ShapeTable};
use super::tree::{Attribute, Property, Shape};
use crate::heap::symbol::Symbol;
use std::cell::Cell;
use std::fmt;

/// What is known about a name in objects of a shape.
#[derive(Clone, Copy)]
pub(crate) enum Answer {
    /// They have this property.
    Present(Property),
    /// They do not; adding it led to this shape the last time.
    Absent(Option<&'static Shape>),
    /// They do not, but their prototype has a member; and when that was found out.
    Inherited {
        /// The number of the member.
        member: u32,
        /// The epoch of the prototypes.
        epoch: u32,
    },
}

/// What is kept: the shape it is about, and the answer.
#[derive(Clone, Copy)]
struct Entry {
    shape: Option<&'static Shape>,
    answer: Answer,
}

const EMPTY: Entry = Entry { shape: None, answer: Answer::Absent(None) };
const PLACES: usize = 4;
const MEGAMORPHIC: u8 = 5;

/// Kept by a language beside every instruction that loads or stores a property: makes it fast in the interpreter.
///
/// One cache belongs to one name. It may outlive the heap, but must not be used with another one.
pub struct PropertyCache {
    entries: [Cell<Entry>; PLACES],
    /// Entries in use; `MEGAMORPHIC` if there were too many.
    used: Cell<u8>,
}

impl Default for PropertyCache {
    fn default() -> Self {
        PropertyCache::new()
    }
}

impl fmt::Debug for PropertyCache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.used.get() {
            0 => "uninitialized",
            1 => "monomorphic",
            MEGAMORPHIC => "megamorphic",
            _ => "polymorphic",
        })
    }
}

impl PropertyCache {
    /// Uninitialized.
    pub const fn new() -> PropertyCache {
        PropertyCache { entries: [const { Cell::new(EMPTY) }; PLACES], used: Cell::new(0) }
    }

    /// Has it seen too many shapes?
    pub(crate) fn is_megamorphic(&self) -> bool {
        self.used.get() == MEGAMORPHIC
    }

    /// The answer for this shape, if it is the first one here.
    #[inline(always)]
    pub(crate) fn first(&self, shape: &'static Shape) -> Option<Answer> {
        let entry = self.entries[0].get();
        entry.shape.is_some_and(|s| std::ptr::eq(s, shape)).then_some(entry.answer)
    }

    /// An entry.
    #[inline(always)]
    pub(crate) fn answer(&self, place: usize) -> Answer {
        self.entries[place & (PLACES - 1)].get().answer
    }

    /// The place of the entry for this shape, which is not the first, and no dictionary. Looks it up and learns it if there is
    /// none.
    ///
    /// (A number, because an answer returned through memory would slow down those who find it in the first place.)
    #[inline(never)]
    pub(crate) fn find(
        &self,
        table: &mut ShapeTable,
        shape: &'static Shape,
        symbol: Symbol,
        sought: Sought,
    ) -> usize {
        let used = self.used.get();
        if used != MEGAMORPHIC {
            for place in 0..usize::from(used) {
                if self.entries[place].get().shape == Some(shape) {
                    if table.is_outdated(self.entries[place].get().answer) {
                        table.stats.misses += 1;
                        let answer = table.answer(shape, symbol, sought);
                        self.entries[place].set(Entry { shape: Some(shape), answer });
                    } else {
                        table.stats.hits += 1;
                    }
                    return place;
                }
            }
        }
        let answer = if used == MEGAMORPHIC {
            table.global_answer(shape, symbol, sought)
        } else {
            table.stats.misses += 1;
            table.answer(shape, symbol, sought)
        };
        if usize::from(used) == PLACES
            && let Some(place) = self.outdated_place()
        {
            self.entries[place].set(Entry { shape: Some(shape), answer });
            return place;
        }
        let place = self.next_place(used, &mut table.stats);
        self.entries[place].set(Entry { shape: Some(shape), answer });
        place
    }

    /// The place of a shape that objects have ceased to get.
    fn outdated_place(&self) -> Option<usize> {
        self.entries.iter().position(|e| e.get().shape.is_some_and(Shape::is_outdated))
    }

    /// Where the next shape goes.
    fn next_place(&self, used: u8, stats: &mut ShapeStats) -> usize {
        let next = match used {
            0 => {
                stats.monomorphic += 1;
                1
            }
            1 => {
                stats.monomorphic -= 1;
                stats.polymorphic += 1;
                2
            }
            2 | 3 => used + 1,
            4 => {
                stats.polymorphic -= 1;
                stats.megamorphic += 1;
                MEGAMORPHIC
            }
            _ => MEGAMORPHIC,
        };
        self.used.set(next);
        if next == MEGAMORPHIC { 0 } else { usize::from(next) - 1 }
    }

    /// An object of this shape got a property, or another kind of value in one that it has, and now has the shape `target`. If
    /// it lacked the property, so do all of its shape, and go the same way.
    pub(crate) fn learn_target(&self, shape: &'static Shape, target: &'static Shape) {
        for entry in &self.entries {
            let Entry { shape: known, answer } = entry.get();
            if known == Some(shape) && matches!(answer, Answer::Absent(_)) {
                entry.set(Entry { shape: Some(shape), answer: Answer::Absent(Some(target)) });
            }
        }
    }
}

/// What an access asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sought {
    /// A property of the object itself.
    Own,
    /// Such a property, or a member of its prototype.
    Any,
}

const GLOBAL_PLACES: usize = 1024;

/// Answers for all megamorphic places together.
#[derive(Default)]
pub(crate) struct GlobalCache {
    entries: Vec<(Symbol, Entry)>,
}

impl ShapeTable {
    /// Does the answer come from a prototype that may have changed since?
    #[inline(always)]
    pub(crate) fn is_outdated(&self, answer: Answer) -> bool {
        matches!(answer, Answer::Inherited { epoch, .. } if epoch != self.prototypes.epoch)
    }

    /// Looks a name up.
    fn answer(&self, shape: &'static Shape, symbol: Symbol, sought: Sought) -> Answer {
        if let Some(property) = shape.find(symbol) {
            return Answer::Present(property);
        }
        let member = match sought {
            Sought::Own => None,
            Sought::Any => shape.prototype().and_then(|p| p.find(symbol)),
        };
        match member {
            Some(member) => Answer::Inherited { member, epoch: self.prototypes.epoch },
            None => {
                let key = (symbol, Attribute::Value);
                Answer::Absent(shape.children.borrow().get(&key).copied())
            }
        }
    }

    pub(crate) fn global_answer(
        &mut self,
        shape: &'static Shape,
        symbol: Symbol,
        sought: Sought,
    ) -> Answer {
        let key = Symbol(symbol.0 | u32::from(sought == Sought::Any) << 31);
        let entries = &mut self.global.entries;
        if entries.is_empty() {
            entries.resize(GLOBAL_PLACES, (Symbol(0), EMPTY));
        }
        let hash = (std::ptr::from_ref(shape).addr() >> 5) ^ (key.0 as usize).wrapping_mul(37);
        let place = hash % GLOBAL_PLACES;
        let (name, entry) = entries[place];
        if name == key && entry.shape == Some(shape) && !self.is_outdated(entry.answer) {
            self.stats.global_hits += 1;
            return entry.answer;
        }
        self.stats.misses += 1;
        let answer = self.answer(shape, symbol, sought);
        self.global.entries[place] = (key, Entry { shape: Some(shape), answer });
        answer
    }
}
