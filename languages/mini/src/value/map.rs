//! Maps: a hash table that keeps the order of insertion.
//!
//! ```text
//! Map { live, entries, index }
//!   entries   key, value, key, value, ..      in the order of insertion; a deleted key is a gap
//!   index     words, a power of two of them   0: free; else the hash (high half) and the entry + 1 (low half)
//! ```
//! A key is looked for in the index from the place that its hash names, word after word, up to a free one.
//! A deleted key leaves its word in the index, pointing to the gap. When the entries are full, both are
//! made anew without gaps.
//!
//! Invariants: the index has at least twice as many words as there is room for entries, so that it always
//! has a free one; keys that are `==` have the same hash; no two keys are `==`.

use holloway::{Gc, Heap, Object, OutOfMemory, Tag, Val};

use super::big::{self, Big, BigExt};
use super::number::float_to_ibig;
use super::text::{Str, StrExt, hash_bytes, hash_word};
use super::{equal, is_uninitialized, uninitialized};

/// The tag of [`Map`].
pub const TAG: Tag = Tag(23);

/// A map.
#[derive(Object)]
#[object(tag = 23)]
pub struct Map {
    /// How many keys it has.
    pub live: i64,
    /// Its keys and values.
    pub entries: Gc<Entries>,
    /// Where a key is in `entries`.
    pub index: Gc<Index>,
}

/// Keys and values of a map, alternately. Those in use are what the length says.
#[derive(Object)]
#[object(tag = 24)]
pub struct Entries {
    /// A key, its value, ..
    #[trailing]
    pub items: Val,
}

/// The hash table of a map.
#[derive(Object)]
#[object(tag = 25)]
pub struct Index {
    /// See the module.
    #[trailing]
    pub words: i64,
}

/// A new map has room for so many keys.
const SMALLEST: usize = 4;

/// No map has more keys.
const MOST: usize = 1 << 29;

/// Makes an empty map.
pub fn new(heap: &mut Heap) -> Result<Gc<Map>, OutOfMemory> {
    with_room(heap, SMALLEST)
}

fn with_room(heap: &mut Heap, room: usize) -> Result<Gc<Map>, OutOfMemory> {
    let (entries, index) = parts(heap, room)?;
    Map::alloc(heap, 0, entries, index)
}

fn parts(heap: &mut Heap, room: usize) -> Result<(Gc<Entries>, Gc<Index>), OutOfMemory> {
    let words = (room * 2).next_power_of_two();
    let entries = Entries::alloc(heap, 0, room * 2)?;
    let index = Index::alloc(heap, words, words)?;
    Ok((entries, index))
}

/// Methods of maps.
pub trait MapExt: Copy {
    /// How many keys it has.
    fn count(self) -> usize;
    /// The value of a key.
    fn load(self, heap: &Heap, key: Val) -> Option<Val>;
    /// Sets the value of a key.
    fn store(self, heap: &mut Heap, key: Val, value: Val) -> Result<(), OutOfMemory>;
    /// Removes a key; false if it is not there.
    fn remove(self, heap: &mut Heap, key: Val) -> bool;
    /// The next key from place `at` on, with its value and the place behind it.
    fn next(self, at: usize) -> Option<(Val, Val, usize)>;
    /// A map with the same keys and values.
    fn duplicate(self, heap: &mut Heap) -> Result<Gc<Map>, OutOfMemory>;
}

impl MapExt for Gc<Map> {
    #[inline]
    fn count(self) -> usize {
        self.get(Map::LIVE) as usize
    }

    fn load(self, heap: &Heap, key: Val) -> Option<Val> {
        let (_, entry) = find(self, heap, key, hash(heap, key)).ok()?;
        self.get(Map::ENTRIES).val_at(Entries::ITEMS, entry * 2 + 1)
    }

    fn store(self, heap: &mut Heap, key: Val, value: Val) -> Result<(), OutOfMemory> {
        let hash = hash(heap, key);
        let mut free = match find(self, heap, key, hash) {
            Ok((_, entry)) => {
                self.get(Map::ENTRIES).set_val_at(Entries::ITEMS, entry * 2 + 1, value);
                return Ok(());
            }
            Err(free) => free,
        };
        let mut entries = self.get(Map::ENTRIES);
        if entries.len() == entries.capacity() {
            rebuild(self, heap)?;
            entries = self.get(Map::ENTRIES);
            free = free_word(self.get(Map::INDEX), hash);
        }
        let used = entries.len();
        entries.set_len(used + 2);
        entries.set_val_at(Entries::ITEMS, used, key);
        entries.set_val_at(Entries::ITEMS, used + 1, value);
        let word = i64::from(hash) << 32 | (used as i64 / 2 + 1);
        self.get(Map::INDEX).set_at(Index::WORDS, free, word);
        self.set(Map::LIVE, self.get(Map::LIVE) + 1);
        Ok(())
    }

    fn remove(self, heap: &mut Heap, key: Val) -> bool {
        let Ok((_, entry)) = find(self, heap, key, hash(heap, key)) else { return false };
        let entries = self.get(Map::ENTRIES);
        entries.set_val_at(Entries::ITEMS, entry * 2, uninitialized());
        entries.set_val_at(Entries::ITEMS, entry * 2 + 1, Val::NIL);
        let live = self.get(Map::LIVE) - 1;
        self.set(Map::LIVE, live);
        if live == 0 {
            // Nothing but gaps: forget them, so that a queue of keys stays small.
            entries.set_len(0);
            let index = self.get(Map::INDEX);
            for at in 0..index.len() {
                index.set_at(Index::WORDS, at, 0);
            }
        }
        true
    }

    fn next(self, mut at: usize) -> Option<(Val, Val, usize)> {
        let entries = self.get(Map::ENTRIES);
        loop {
            let key = entries.val_at(Entries::ITEMS, at * 2)?;
            let value = entries.val_at(Entries::ITEMS, at * 2 + 1)?;
            at += 1;
            if !is_uninitialized(key) {
                return Some((key, value, at));
            }
        }
    }

    fn duplicate(self, heap: &mut Heap) -> Result<Gc<Map>, OutOfMemory> {
        let copy = with_room(heap, self.count().max(SMALLEST))?;
        let mut at = 0;
        while let Some((key, value, next)) = self.next(at) {
            copy.store(heap, key, value)?;
            at = next;
        }
        Ok(copy)
    }
}

/// The word of the index and the entry of a key; or the free word that it would get.
fn find(map: Gc<Map>, heap: &Heap, key: Val, hash: u32) -> Result<(usize, usize), usize> {
    let (index, entries) = (map.get(Map::INDEX), map.get(Map::ENTRIES));
    let mask = index.len() - 1;
    let mut at = hash as usize & mask;
    loop {
        let word = index.at(Index::WORDS, at).unwrap_or(0);
        if word == 0 {
            return Err(at);
        }
        if (word >> 32) as u32 == hash {
            let entry = (word as u32 - 1) as usize;
            if let Some(there) = entries.val_at(Entries::ITEMS, entry * 2)
                && equal(heap, there, key)
            {
                return Ok((at, entry));
            }
        }
        at = (at + 1) & mask;
    }
}

fn free_word(index: Gc<Index>, hash: u32) -> usize {
    let mask = index.len() - 1;
    let mut at = hash as usize & mask;
    while index.at(Index::WORDS, at).is_some_and(|word| word != 0) {
        at = (at + 1) & mask;
    }
    at
}

/// Makes entries and index anew, without gaps and with room for more.
fn rebuild(map: Gc<Map>, heap: &mut Heap) -> Result<(), OutOfMemory> {
    let room = (map.count() * 2).max(SMALLEST);
    if room > 2 * MOST {
        return Err(OutOfMemory { wanted: room * 32, limit: MOST * 32 });
    }
    let (entries, index) = parts(heap, room)?;
    let mut at = 0;
    let mut used = 0;
    while let Some((key, value, next)) = map.next(at) {
        let hash = hash(heap, key);
        entries.set_len(used + 2);
        entries.set_val_at(Entries::ITEMS, used, key);
        entries.set_val_at(Entries::ITEMS, used + 1, value);
        let word = i64::from(hash) << 32 | (used as i64 / 2 + 1);
        index.set_at(Index::WORDS, free_word(index, hash), word);
        used += 2;
        at = next;
    }
    map.set(Map::ENTRIES, entries);
    map.set(Map::INDEX, index);
    Ok(())
}

/// The hash of a key: the same for keys that are `==`.
fn hash(heap: &Heap, key: Val) -> u32 {
    match key.tag() {
        super::text::TAG => key.cast::<Str>().map_or(0, |s| s.content_hash(heap)),
        Tag::INT => hash_word(key.bits()),
        Tag::FLOAT => hash_float(key.as_float().unwrap_or(0.0)),
        big::TAG => key.cast::<Big>().map_or(0, |b| {
            let (negative, limbs) = b.parts(heap);
            hash_limbs(negative, limbs.iter().map(|l| *l as u64))
        }),
        // Never the hash of a small int, so that they need not be told apart.
        Tag::NIL | Tag::BOOL | Tag::RAW => hash_word(key.bits() ^ u64::from(key.tag().0 + 1) << 56),
        _ => identity(heap, key),
    }
}

/// As that of the int it is equal to, if there is one.
fn hash_float(float: f64) -> u32 {
    if !float.is_finite() || float.trunc() != float {
        return hash_word(float.to_bits());
    }
    if float.abs() < 9_223_372_036_854_775_808.0 || float == -9_223_372_036_854_775_808.0 {
        return hash_word(float as i64 as u64);
    }
    let int = float_to_ibig(float);
    let (sign, limbs) = int.as_sign_words();
    hash_limbs(sign == dashu_int::Sign::Negative, limbs.iter().copied())
}

fn hash_limbs(negative: bool, limbs: impl Iterator<Item = u64>) -> u32 {
    let mut bytes = vec![u8::from(negative)];
    for limb in limbs {
        bytes.extend_from_slice(&limb.to_le_bytes());
    }
    hash_bytes(&bytes)
}

/// The hash of what is equal to itself only.
fn identity(heap: &Heap, key: Val) -> u32 {
    hash_word(heap.identity_hash_of(key))
}

#[cfg(test)]
mod tests;
