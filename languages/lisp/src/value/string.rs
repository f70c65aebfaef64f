//! Strings: mutable, of characters that are found in constant time.
//!
//! The characters stand in an object of their own, one byte each if all are below U+0100, else
//! four. A character that does not fit makes a string exchange its narrow characters for wide ones.
//!
//! Invariant: the bytes of a wide string are four times as many as its characters, and each four
//! are a Rust `char`.

use holloway::{Gc, Heap, Object, OutOfMemory, Val};

/// A string.
#[derive(Object)]
#[object(tag = 67)]
pub struct Str {
    /// The characters.
    pub data: Gc<Chars>,
    /// Four bytes a character?
    pub wide: bool,
    /// A literal, which must not be changed?
    #[immutable]
    pub literal: bool,
}

/// The characters of a string.
#[derive(Object)]
#[object(tag = 68)]
pub struct Chars {
    /// See the module.
    #[trailing]
    pub bytes: u8,
}

/// Methods of strings.
pub trait StrExt: Copy {
    /// How many characters.
    fn count(self) -> usize;
    /// A character.
    fn char_at(self, index: usize) -> Option<char>;
    /// Changes a character; `false` if there is none.
    fn put(self, heap: &mut Heap, index: usize, c: char) -> Result<bool, OutOfMemory>;
    /// The characters from `start` to `end`.
    fn chars(self, heap: &Heap, start: usize, end: usize) -> Vec<char>;
    /// Its characters, if each has one byte.
    fn narrow(self, heap: &Heap) -> Option<&[u8]>;
    /// The whole string.
    fn text(self, heap: &Heap) -> String;
}

fn encode(chars: &[char]) -> (Vec<u8>, bool) {
    if chars.iter().all(|c| (*c as u32) < 256) {
        return (chars.iter().map(|c| *c as u8).collect(), false);
    }
    (chars.iter().flat_map(|c| (*c as u32).to_le_bytes()).collect(), true)
}

fn data(heap: &mut Heap, bytes: &[u8]) -> Result<Gc<Chars>, OutOfMemory> {
    let data = Chars::alloc(heap, bytes.len(), bytes.len())?;
    data.write_bytes(Chars::BYTES, 0, bytes);
    Ok(data)
}

/// A new string.
pub fn from_chars(heap: &mut Heap, chars: &[char]) -> Result<Val, OutOfMemory> {
    let (bytes, wide) = encode(chars);
    let data = data(heap, &bytes)?;
    Ok(Val::object(Str::alloc(heap, data, wide, false)?))
}

/// A new string of characters of one byte each.
pub fn from_bytes(heap: &mut Heap, bytes: &[u8]) -> Result<Val, OutOfMemory> {
    let data = data(heap, bytes)?;
    Ok(Val::object(Str::alloc(heap, data, false, false)?))
}

/// A new string.
pub fn from_text(heap: &mut Heap, text: &str) -> Result<Val, OutOfMemory> {
    if text.is_ascii() {
        let data = data(heap, text.as_bytes())?;
        return Ok(Val::object(Str::alloc(heap, data, false, false)?));
    }
    let chars: Vec<char> = text.chars().collect();
    from_chars(heap, &chars)
}

/// A string that must not be changed.
pub fn literal(heap: &mut Heap, text: &str) -> Result<Val, OutOfMemory> {
    let chars: Vec<char> = text.chars().collect();
    let (bytes, wide) = encode(&chars);
    let data = data(heap, &bytes)?;
    Ok(Val::object(Str::alloc(heap, data, wide, true)?))
}

fn wide_at(bytes: &[u8], index: usize) -> Option<char> {
    let four = bytes.get(index * 4..index * 4 + 4)?;
    char::from_u32(u32::from_le_bytes(four.try_into().ok()?))
}

impl StrExt for Gc<Str> {
    #[inline]
    fn count(self) -> usize {
        let bytes = self.get(Str::DATA).len();
        if self.get(Str::WIDE) { bytes / 4 } else { bytes }
    }

    fn char_at(self, index: usize) -> Option<char> {
        let data = self.get(Str::DATA);
        let byte = |i: usize| data.at(Chars::BYTES, i).map(|b| b as u8);
        if !self.get(Str::WIDE) {
            return byte(index).map(char::from);
        }
        let at = index.checked_mul(4)?;
        let four = [byte(at)?, byte(at + 1)?, byte(at + 2)?, byte(at + 3)?];
        char::from_u32(u32::from_le_bytes(four))
    }

    fn put(self, heap: &mut Heap, index: usize, c: char) -> Result<bool, OutOfMemory> {
        if index >= self.count() {
            return Ok(false);
        }
        if !self.get(Str::WIDE) && c as u32 >= 256 {
            let all: Vec<u8> = self
                .chars(heap, 0, self.count())
                .iter()
                .flat_map(|c| (*c as u32).to_le_bytes())
                .collect();
            let data = data(heap, &all)?;
            self.set(Str::DATA, data);
            self.set(Str::WIDE, true);
        }
        let data = self.get(Str::DATA);
        match self.get(Str::WIDE) {
            true => data.write_bytes(Chars::BYTES, index * 4, &(c as u32).to_le_bytes()),
            false => data.write_bytes(Chars::BYTES, index, &[c as u8]),
        }
        Ok(true)
    }

    fn chars(self, heap: &Heap, start: usize, end: usize) -> Vec<char> {
        let bytes = self.get(Str::DATA);
        let bytes = bytes.bytes(Chars::BYTES, heap);
        match self.get(Str::WIDE) {
            true => (start..end).filter_map(|i| wide_at(bytes, i)).collect(),
            false => bytes[start..end].iter().map(|b| char::from(*b)).collect(),
        }
    }

    fn narrow(self, heap: &Heap) -> Option<&[u8]> {
        (!self.get(Str::WIDE)).then(|| self.get(Str::DATA).bytes(Chars::BYTES, heap))
    }

    fn text(self, heap: &Heap) -> String {
        self.chars(heap, 0, self.count()).into_iter().collect()
    }
}
