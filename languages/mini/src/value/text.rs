//! Strings: immutable UTF-8, indexed by Unicode scalar.
//!
//! ```text
//! flat     Str { chars: 3, bytes: "abc" }
//! grown    Str { chars: 300, tail, bytes: 300 as a word }     its content is the first 300 bytes of the tail
//!              Tail { chars: 310, bytes: "..", room for more }
//! ```
//! A string knows how many characters it has; if that is the number of its bytes it is ASCII and an
//! index is a byte index. Otherwise the place of the last index is remembered, so that going through a
//! string from left to right takes linear time.
//!
//! A long string that grew at its end shares a [`Tail`] with those it grew from: as long as nobody else
//! has appended there, the next one to grow writes behind it and is a new `Str` of few words, so that
//! `s = s + x` in a loop takes time for what is appended ([`concat()`]). Nobody copies a tail to look at it.

use holloway::{Gc, Heap, Object, OutOfMemory, Tag, Val};

mod grow;
#[cfg(test)]
mod tests;

pub use grow::{concat, join};

/// The tag of [`Str`].
pub const TAG: Tag = Tag(16);

/// A string.
///
/// Invariants: it has at most `u32::MAX` bytes. Either `bytes` is UTF-8 with `chars` characters; or it has fewer bytes than
/// that (eight, and more than eight characters), which are the number of those that the content takes of the `tail`.
/// What says `len() == chars` is flat ASCII.
#[derive(Object)]
#[object(tag = 16)]
pub struct Str {
    /// How many characters.
    #[immutable]
    pub chars: i64,
    /// The hash of the content (32 bits) and 1 above it; 0 until somebody asks. Higher still: the [place](StrExt::hint) that a
    /// map found it at.
    pub hash: i64,
    /// Where the content of a grown string is. One without room beside a flat string is for its mark alone.
    pub tail: Option<Gc<Tail>>,
    /// The content.
    #[immutable]
    #[trailing]
    pub bytes: u8,
}

/// What grown strings share. Each of them is a beginning of `bytes`, which change at their end only.
///
/// Invariants: `bytes` is UTF-8 with `chars` characters; the halves of `mark` belong together, and lie within
/// one of the strings that the tail is of.
#[derive(Object)]
#[object(tag = 27)]
pub struct Tail {
    /// How many characters.
    pub chars: i64,
    /// The number of the character that was asked for last (high half), and where it begins (low half).
    pub mark: i64,
    /// The content, with room for more.
    #[trailing]
    pub bytes: u8,
}

/// Methods of strings.
pub trait StrExt: Copy {
    /// The content as bytes.
    fn as_bytes(self, heap: &Heap) -> &[u8];
    /// The content.
    fn as_str(self, heap: &Heap) -> &str;
    /// How many bytes.
    fn byte_count(self) -> usize;
    /// How many characters.
    fn char_count(self) -> usize;
    /// If all characters are ASCII.
    fn is_ascii(self) -> bool;
    /// If the content lies in a tail.
    fn is_grown(self) -> bool;
    /// Where character number `index` begins; `index` may be the number of characters.
    fn byte_index(self, heap: &mut Heap, index: usize) -> usize;
    /// The hash of the content.
    fn content_hash(self, heap: &Heap) -> u32;
    /// Computes it.
    fn compute_hash(self, heap: &Heap) -> u32;
    /// Is the hash of both known, and the same?
    fn has_hash_of(self, other: Self) -> bool;
    /// Where a map found this key the last time; whoever takes the hint looks if it is there.
    fn hint(self) -> usize;
    /// For the next time. Only for a string whose hash is known.
    fn set_hint(self, place: usize);
}

/// A string of fewer bytes than this is flat, and all of it lies in its head.
pub const SHORT: usize = 8;
/// Where the hint begins in the word of the hash.
const HINT: u32 = 33;
/// What lies among so many bytes from the beginning is found again without a mark.
const NEAR: usize = 64;

/// Where character number `index` begins; character `at_char` begins at byte `at`.
fn walk(bytes: &[u8], (mut at_char, mut at): (usize, usize), index: usize) -> usize {
    if index < at_char / 2 {
        (at_char, at) = (0, 0);
    }
    while at_char < index {
        at += width(bytes[at]);
        at_char += 1;
    }
    while at_char > index {
        at -= 1;
        while bytes[at] & 0xC0 == 0x80 {
            at -= 1;
        }
        at_char -= 1;
    }
    at
}

impl StrExt for Gc<Str> {
    #[inline]
    fn as_bytes(self, heap: &Heap) -> &[u8] {
        if self.is_grown() { grow::content(self, heap) } else { self.bytes(Str::BYTES, heap) }
    }

    fn as_str(self, heap: &Heap) -> &str {
        std::str::from_utf8(self.as_bytes(heap)).unwrap_or_default()
    }

    #[inline]
    fn char_count(self) -> usize {
        self.get(Str::CHARS) as usize
    }

    #[inline]
    fn byte_count(self) -> usize {
        if self.is_grown() { grow::byte_count(self) } else { self.len() }
    }

    #[inline]
    fn is_ascii(self) -> bool {
        self.char_count() == self.byte_count()
    }

    #[inline]
    fn is_grown(self) -> bool {
        self.len() < self.char_count()
    }

    fn byte_index(self, heap: &mut Heap, index: usize) -> usize {
        if self.is_ascii() || index == 0 {
            return index;
        }
        if index >= self.char_count() {
            return self.byte_count();
        }
        let tail = self.get(Str::TAIL);
        let mark = tail.map_or(0, |tail| tail.get(Tail::MARK)) as u64;
        let mark = ((mark >> 32) as usize, mark as u32 as usize);
        // Another string of the tail may have been asked beyond our end.
        let mark = mark.min((self.char_count(), self.byte_count()));
        let found = walk(self.as_bytes(heap), mark, index);
        let tail = match tail {
            None if found > NEAR => grow::marker(heap, self),
            tail => tail,
        };
        if let Some(tail) = tail {
            tail.set(Tail::MARK, ((index as u64) << 32 | found as u64) as i64);
        }
        found
    }

    #[inline]
    fn content_hash(self, heap: &Heap) -> u32 {
        let known = self.get(Str::HASH);
        if known != 0 {
            return known as u32;
        }
        self.compute_hash(heap)
    }

    #[inline]
    fn has_hash_of(self, other: Self) -> bool {
        // The hint is shifted out.
        let [a, b] = [self, other].map(|s| s.get(Str::HASH) << (64 - HINT));
        a == b && a != 0
    }

    #[inline]
    fn hint(self) -> usize {
        (self.get(Str::HASH) as u64 >> HINT) as usize
    }

    #[inline]
    fn set_hint(self, place: usize) {
        let hash = self.get(Str::HASH) & ((1 << HINT) - 1);
        self.set(Str::HASH, hash | (place as i64) << HINT);
    }

    #[cold]
    #[inline(never)]
    fn compute_hash(self, heap: &Heap) -> u32 {
        let hash = hash_bytes(self.as_bytes(heap));
        // So that it is never 0.
        self.set(Str::HASH, i64::from(hash) | 1 << 32);
        hash
    }
}

/// The hash of a content.
pub fn hash_bytes(bytes: &[u8]) -> u32 {
    let mut hash = 0x9E37_79B9_7F4A_7C15_u64 ^ bytes.len() as u64;
    let mut mix = |word: u64| hash = (hash.rotate_left(23) ^ word).wrapping_mul(FACTOR);
    let chunks = bytes.chunks_exact(8);
    let rest = chunks.remainder();
    for chunk in chunks {
        mix(chunk.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)));
    }
    if !rest.is_empty() {
        mix(rest.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)));
    }
    hash_word(hash)
}

const FACTOR: u64 = 0xBF58_476D_1CE4_E5B9;

/// The hash of a word: every bit of it counts.
pub fn hash_word(word: u64) -> u32 {
    let word = (word ^ word >> 30).wrapping_mul(FACTOR);
    let word = (word ^ word >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    (word ^ word >> 31) as u32
}

/// The number of bytes of the character whose first byte this is.
pub fn width(first: u8) -> usize {
    match first {
        0..0x80 => 1,
        0x80..0xE0 => 2,
        0xE0..0xF0 => 3,
        _ => 4,
    }
}

fn count_chars(bytes: &[u8]) -> usize {
    if bytes.is_ascii() {
        return bytes.len();
    }
    bytes.iter().filter(|b| **b & 0xC0 != 0x80).count()
}

/// Makes a string.
pub fn new(heap: &mut Heap, text: &str) -> Result<Gc<Str>, OutOfMemory> {
    let chars = count_chars(text.as_bytes());
    let string = Str::alloc(heap, text.len(), text.len(), chars as i64, 0, None)?;
    string.write_bytes(Str::BYTES, 0, text.as_bytes());
    Ok(string)
}

/// Makes a string, as a value.
pub fn value(heap: &mut Heap, text: &str) -> Result<Val, OutOfMemory> {
    new(heap, text).map(Val::object)
}

/// The digits of a word, as a string.
pub fn from_int(heap: &mut Heap, int: i64) -> Result<Gc<Str>, OutOfMemory> {
    let mut digits = [0; 20];
    let mut at = digits.len();
    let mut rest = int.unsigned_abs();
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if int < 0 {
        at -= 1;
        digits[at] = b'-';
    }
    let digits = &digits[at..];
    let string = Str::alloc(heap, digits.len(), digits.len(), digits.len() as i64, 0, None)?;
    string.write_bytes(Str::BYTES, 0, digits);
    Ok(string)
}

/// Do two strings have the same content?
#[inline]
pub fn same(heap: &Heap, a: Gc<Str>, b: Gc<Str>) -> bool {
    if a == b {
        return true;
    }
    let length = a.len();
    if length < SHORT {
        return b.len() == length && a.head(Str::BYTES) == b.head(Str::BYTES);
    }
    a.char_count() == b.char_count() && a.as_bytes(heap) == b.as_bytes(heap)
}

/// Is `a` before `b`? The order of UTF-8 is that of the characters.
pub fn below(heap: &Heap, a: Gc<Str>, b: Gc<Str>) -> bool {
    a.as_bytes(heap) < b.as_bytes(heap)
}

/// The number of the character where `part` first stands in `whole`.
pub fn find(heap: &Heap, whole: Gc<Str>, part: Gc<Str>) -> Option<usize> {
    let (bytes, wanted) = (whole.as_bytes(heap), part.as_bytes(heap));
    // A part of UTF-8 that is UTF-8 begins where a character does.
    let at = match wanted {
        [] => 0,
        [byte] => find_byte(bytes, *byte)?,
        _ if bytes.len() <= 32 => bytes.windows(wanted.len()).position(|w| w == wanted)?,
        _ => whole.as_str(heap).find(part.as_str(heap))?,
    };
    Some(if whole.is_ascii() { at } else { count_chars(&bytes[..at]) })
}

fn find_byte(bytes: &[u8], byte: u8) -> Option<usize> {
    let mut start = 0;
    if bytes.len() > 32 {
        start = bytes.chunks(64).position(|block| block.contains(&byte))? * 64;
    }
    Some(start + bytes[start..].iter().position(|b| *b == byte)?)
}

/// What lies between the bytes `separator`, an ASCII character: each part after the other to `each`.
pub fn split(
    heap: &mut Heap,
    whole: Gc<Str>,
    separator: u8,
    mut each: impl FnMut(&mut Heap, Gc<Str>) -> Result<(), OutOfMemory>,
) -> Result<(), OutOfMemory> {
    let mut start = 0;
    loop {
        let bytes = whole.as_bytes(heap);
        let end = find_byte(&bytes[start..], separator).map(|at| start + at);
        let range = start..end.unwrap_or(bytes.len());
        let length = range.len();
        let chars = if whole.is_ascii() { length } else { count_chars(&bytes[range.clone()]) };
        let part = Str::alloc(heap, length, length, chars as i64, 0, None)?;
        part.write_bytes(Str::BYTES, 0, &whole.as_bytes(heap)[range]);
        each(heap, part)?;
        match end {
            Some(end) => start = end + 1,
            None => return Ok(()),
        }
    }
}

/// `a * count`
pub fn repeat(heap: &mut Heap, a: Gc<Str>, count: usize) -> Result<Gc<Str>, OutOfMemory> {
    let unit = a.byte_count();
    let total = unit.saturating_mul(count);
    heap.check_room(total)?;
    let chars = a.get(Str::CHARS) * if unit == 0 { 0 } else { count as i64 };
    let string = Str::alloc(heap, total, total, chars, 0, None)?;
    string.write_bytes(Str::BYTES, 0, if total == 0 { &[] } else { a.as_bytes(heap) });
    let mut done = unit;
    while done < total {
        let more = done.min(total - done);
        string.write_bytes(Str::BYTES, done, &string.as_bytes(heap)[..more]);
        done += more;
    }
    Ok(string)
}

/// Characters `from..to`; both within the string.
pub fn slice(heap: &mut Heap, a: Gc<Str>, from: usize, to: usize) -> Result<Gc<Str>, OutOfMemory> {
    let start = a.byte_index(heap, from);
    let end = a.byte_index(heap, to);
    let length = end - start;
    let string = Str::alloc(heap, length, length, (to - from) as i64, 0, None)?;
    string.write_bytes(Str::BYTES, 0, &a.as_bytes(heap)[start..end]);
    Ok(string)
}
