//! Maps: a hash table that keeps the order of insertion.
//!
//! ```text
//! Map { live, keys, values, index }
//!   keys      in the order of insertion; a deleted key is a gap
//!   values    an array that runs beside them: bare words as long as all have one type; traces read and write it themselves
//!   index     words, a power of two of them   0: free; else the hash (high half) and the entry + 1 (low half)
//! ```
//! A key is looked for in the index from the place that its hash names, word after word, up to a free one.
//! A deleted key leaves its word in the index, pointing to the gap, beside which some value or other
//! stays. When the keys fill their room, all is made anew without gaps.
//!
//! Invariants: the index has at least twice as many words as there is room for entries, so that it always
//! has a free one; keys that are `==` have the same hash; no two keys are `==`.

use holloway::{Array, Gc, Heap, Object, OutOfMemory, Tag, Val};

use super::big::{self, Big, BigExt};
use super::number::float_to_ibig;
use super::text::{self, Str, StrExt, hash_bytes, hash_word};
use super::{equal, is_uninitialized, uninitialized};

/// The tag of [`Map`].
pub const TAG: Tag = Tag(23);

/// A map.
#[derive(Object)]
#[object(tag = 23)]
pub struct Map {
    /// How many keys it has.
    pub live: i64,
    /// Its keys.
    pub keys: Gc<Keys>,
    /// Its values: as many as keys, gaps included.
    pub values: Gc<Array>,
    /// Where a key is in `keys`.
    pub index: Gc<Index>,
}

/// Keys of a map. Those in use are what the length says.
#[derive(Object)]
#[object(tag = 24)]
pub struct Keys {
    /// A key, ..
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
    let (keys, values, index) = parts(heap, room)?;
    Map::alloc(heap, 0, keys, values, index)
}

type Parts = (Gc<Keys>, Gc<Array>, Gc<Index>);

fn parts(heap: &mut Heap, room: usize) -> Result<Parts, OutOfMemory> {
    let words = (room * 2).next_power_of_two();
    let keys = Keys::alloc(heap, 0, room)?;
    let values = heap.new_array(room)?;
    let index = Index::alloc(heap, words, words)?;
    Ok((keys, values, index))
}

/// Methods of maps.
pub trait MapExt: Copy {
    /// How many keys it has.
    fn count(self) -> usize;
    /// The number of a key: where its value lies.
    fn entry(self, heap: &Heap, key: Val) -> Option<usize>;
    /// The number of a key that is a string.
    fn entry_of_text(self, heap: &Heap, key: Gc<Str>) -> Option<usize>;
    /// The number of a key that is a word.
    fn entry_of_int(self, heap: &Heap, key: i64) -> Option<usize>;
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

    fn entry(self, heap: &Heap, key: Val) -> Option<usize> {
        find(self, heap, key, hash(heap, key)).ok().map(|found| found.1)
    }

    #[inline]
    fn entry_of_text(self, heap: &Heap, key: Gc<Str>) -> Option<usize> {
        let hint = key.hint();
        // Most strings are keys of one map.
        if let Some(there) = self.get(Map::KEYS).val_at(Keys::ITEMS, hint)
            && let Some(there) = there.cast::<Str>()
            && (there == key || (there.has_hash_of(key) && text::same(heap, there, key)))
        {
            return Some(hint);
        }
        search_text(self, heap, key)
    }

    #[inline]
    fn entry_of_int(self, heap: &Heap, key: i64) -> Option<usize> {
        let key = Val::int(key);
        let is_key = |there: Val| match there.as_int() {
            Some(_) => there.bits() == key.bits(),
            None => equal(heap, there, key),
        };
        probe(self, hash_word(key.bits()), is_key).ok().map(|found| found.1)
    }

    fn load(self, heap: &Heap, key: Val) -> Option<Val> {
        self.get(Map::VALUES).load(self.entry(heap, key)?)
    }

    fn store(self, heap: &mut Heap, key: Val, value: Val) -> Result<(), OutOfMemory> {
        let hash = hash(heap, key);
        let mut free = match find(self, heap, key, hash) {
            Ok((_, entry)) => {
                self.get(Map::VALUES).store(heap, entry, value)?;
                return Ok(());
            }
            Err(free) => free,
        };
        let mut keys = self.get(Map::KEYS);
        if keys.len() == keys.capacity() {
            rebuild(self, heap)?;
            keys = self.get(Map::KEYS);
            free = free_word(self.get(Map::INDEX), hash);
        }
        let used = keys.len();
        self.get(Map::VALUES).push(heap, value)?;
        keys.set_len(used + 1);
        keys.set_val_at(Keys::ITEMS, used, key);
        let word = i64::from(hash) << 32 | (used as i64 + 1);
        self.get(Map::INDEX).set_at(Index::WORDS, free, word);
        self.set(Map::LIVE, self.get(Map::LIVE) + 1);
        Ok(())
    }

    fn remove(self, heap: &mut Heap, key: Val) -> bool {
        let Ok((_, entry)) = find(self, heap, key, hash(heap, key)) else { return false };
        let (keys, values) = (self.get(Map::KEYS), self.get(Map::VALUES));
        keys.set_val_at(Keys::ITEMS, entry, uninitialized());
        // Whatever lies there keeps alive what it refers to: better another value, which fits the array.
        if let Some(other) = values.load(if entry == 0 { values.count() - 1 } else { 0 }) {
            values.replace(entry, other);
        }
        let live = self.get(Map::LIVE) - 1;
        self.set(Map::LIVE, live);
        if live == 0 {
            // Nothing but gaps: forget them, so that a queue of keys stays small.
            keys.set_len(0);
            values.truncate(0);
            let index = self.get(Map::INDEX);
            for at in 0..index.len() {
                index.set_at(Index::WORDS, at, 0);
            }
        }
        true
    }

    fn next(self, mut at: usize) -> Option<(Val, Val, usize)> {
        let (keys, values) = (self.get(Map::KEYS), self.get(Map::VALUES));
        loop {
            let key = keys.val_at(Keys::ITEMS, at)?;
            let value = values.load(at)?;
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
    probe(map, hash, |there| equal(heap, there, key))
}

/// The same for a key that `is_key` recognizes.
#[inline(always)]
fn probe(map: Gc<Map>, hash: u32, is_key: impl Fn(Val) -> bool) -> Result<(usize, usize), usize> {
    let (index, keys) = (map.get(Map::INDEX), map.get(Map::KEYS));
    let mask = index.len() - 1;
    let mut at = hash as usize & mask;
    loop {
        let word = index.at(Index::WORDS, at).unwrap_or(0);
        if word == 0 {
            return Err(at);
        }
        if (word >> 32) as u32 == hash {
            let entry = (word as u32 - 1) as usize;
            if let Some(there) = keys.val_at(Keys::ITEMS, entry)
                && is_key(there)
            {
                return Ok((at, entry));
            }
        }
        at = (at + 1) & mask;
    }
}

/// A string is looked for in the index; it remembers where it was.
#[cold]
#[inline(never)]
fn search_text(map: Gc<Map>, heap: &Heap, key: Gc<Str>) -> Option<usize> {
    let is_key = |there: Val| there.cast::<Str>().is_some_and(|t| text::same(heap, t, key));
    let entry = probe(map, key.content_hash(heap), is_key).ok()?.1;
    key.set_hint(entry);
    Some(entry)
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
    let (keys, values, index) = parts(heap, room)?;
    let mut at = 0;
    let mut used = 0;
    while let Some((key, value, next)) = map.next(at) {
        let hash = hash(heap, key);
        values.push(heap, value)?;
        keys.set_len(used + 1);
        keys.set_val_at(Keys::ITEMS, used, key);
        let word = i64::from(hash) << 32 | (used as i64 + 1);
        index.set_at(Index::WORDS, free_word(index, hash), word);
        used += 1;
        at = next;
    }
    map.set(Map::KEYS, keys);
    map.set(Map::VALUES, values);
    map.set(Map::INDEX, index);
    Ok(())
}

/// The hash of a key: the same for keys that are `==`.
fn hash(heap: &Heap, key: Val) -> u32 {
    match key.tag() {
        text::TAG => key.cast::<Str>().map_or(0, |s| s.content_hash(heap)),
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
