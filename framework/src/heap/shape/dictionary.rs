//! Dictionaries: the properties of objects that are used as maps, in a hash table that keeps their order.
//!
//! The table is one [`Pairs`] object, so a collector needs to know nothing else about it:
//!
//! ```text
//!   0        entries used, deleted ones included (raw)
//!   1        entries alive (raw)
//!   2 ..     entries: symbol and attribute (raw; nil: deleted), value
//!   2+2E ..  index: 2E places of a hash table with linear probing, each number of an entry plus 1 (raw), or nil
//! ```
//! Invariant: E is a power of two; at most E entries are used, so the index is never more than half full.

use super::instance::Pairs;
use super::tree::Attribute;
use crate::heap::{Gc, Heap, OutOfMemory, Symbol, Val};

const USED: usize = 0;
const ALIVE: usize = 1;
const FIRST: usize = 2;

/// A hash table of properties.
#[derive(Clone, Copy)]
pub(super) struct Dictionary(pub(super) Gc<Pairs>);

fn attribute_bits(attribute: Attribute) -> u64 {
    match attribute {
        Attribute::Value => 0,
        Attribute::Method => 1,
        Attribute::Constant => 2,
    }
}

impl Dictionary {
    /// An empty table with room for `entries`.
    pub(super) fn new(heap: &mut Heap, entries: usize) -> Result<Dictionary, OutOfMemory> {
        let room = entries.max(8).next_power_of_two();
        let table = Dictionary(Pairs::alloc(heap, FIRST + 4 * room)?);
        table.put(USED, Val::raw(0));
        table.put(ALIVE, Val::raw(0));
        Ok(table)
    }

    fn at(self, i: usize) -> Val {
        self.0.val_at(Pairs::VALUES, i).unwrap_or(Val::NIL)
    }

    fn put(self, i: usize, value: Val) {
        self.0.set_val_at(Pairs::VALUES, i, value);
    }

    fn room(self) -> usize {
        (self.0.len() - FIRST) / 4
    }

    fn used(self) -> usize {
        self.at(USED).bits() as usize
    }

    /// How many properties.
    pub(super) fn len(self) -> usize {
        self.at(ALIVE).bits() as usize
    }

    fn index_places(self, symbol: Symbol) -> impl Iterator<Item = usize> {
        let places = self.room() * 2;
        let hash = (u64::from(symbol.0).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as usize;
        let start = FIRST + self.room() * 2;
        (0..places).map(move |i| start + ((hash + i) & (places - 1)))
    }

    /// The number of the entry.
    fn find(self, symbol: Symbol) -> Option<usize> {
        for place in self.index_places(symbol) {
            let number = self.at(place);
            if number.is_nil() {
                return None;
            }
            let entry = number.bits() as usize - 1;
            let key = self.at(FIRST + entry * 2);
            if !key.is_nil() && key.bits() as u32 == symbol.0 {
                return Some(entry);
            }
        }
        None
    }

    fn attribute(self, entry: usize) -> Attribute {
        match self.at(FIRST + entry * 2).bits() >> 32 {
            0 => Attribute::Value,
            1 => Attribute::Method,
            _ => Attribute::Constant,
        }
    }

    pub(super) fn get(self, symbol: Symbol) -> Option<(Val, Attribute)> {
        let entry = self.find(symbol)?;
        Some((self.at(FIRST + entry * 2 + 1), self.attribute(entry)))
    }

    /// Changes a property that is there.
    pub(super) fn replace(self, symbol: Symbol, value: Val) -> bool {
        match self.find(symbol) {
            Some(entry) => {
                self.put(FIRST + entry * 2 + 1, value);
                true
            }
            None => false,
        }
    }

    /// Adds a property that is not there; gives the table that has it, which may be another one.
    pub(super) fn insert(
        self,
        heap: &mut Heap,
        symbol: Symbol,
        attribute: Attribute,
        value: Val,
    ) -> Result<Dictionary, OutOfMemory> {
        let mut table = self;
        if table.used() == table.room() {
            table = Dictionary::new(heap, (self.len() + 1) * 2)?;
            for (symbol, attribute, value) in self.entries() {
                table.append(symbol, attribute, value);
            }
        }
        table.append(symbol, attribute, value);
        Ok(table)
    }

    fn append(self, symbol: Symbol, attribute: Attribute, value: Val) {
        let entry = self.used();
        let key = u64::from(symbol.0) | attribute_bits(attribute) << 32;
        self.put(FIRST + entry * 2, Val::raw(key));
        self.put(FIRST + entry * 2 + 1, value);
        self.put(USED, Val::raw(entry as u64 + 1));
        self.put(ALIVE, Val::raw(self.len() as u64 + 1));
        let free = self.index_places(symbol).find(|&place| self.at(place).is_nil());
        self.put(free.expect("the index is at most half full"), Val::raw(entry as u64 + 1));
    }

    /// Deletes a property; `false` if there is none.
    pub(super) fn remove(self, symbol: Symbol) -> bool {
        let Some(entry) = self.find(symbol) else { return false };
        self.put(FIRST + entry * 2, Val::NIL);
        self.put(FIRST + entry * 2 + 1, Val::NIL);
        self.put(ALIVE, Val::raw(self.len() as u64 - 1));
        true
    }

    /// All properties in order of insertion.
    pub(super) fn entries(self) -> impl Iterator<Item = (Symbol, Attribute, Val)> {
        (0..self.used()).filter_map(move |entry| {
            let key = self.at(FIRST + entry * 2);
            let value = self.at(FIRST + entry * 2 + 1);
            (!key.is_nil()).then(|| (Symbol(key.bits() as u32), self.attribute(entry), value))
        })
    }
}
