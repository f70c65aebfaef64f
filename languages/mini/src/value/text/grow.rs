//! Strings that grow at their end: `a + b`.
//!
//! ```text
//! t = s + "xyz"      s: Str { bytes: 200 } --> Tail { bytes: 200 in use, room for 400 }
//!               =>   s: Str { bytes: 200 } --> Tail { bytes: 203 in use, .. } <-- t: Str { bytes: 203 }
//! ```
//! Short strings are copied: a tail is for results of [`LONG`] bytes or more whose left part is the longer one. It is made
//! with room for more; when that is used up, or when another string has grown there otherwise, the content moves to a tail of
//! its own.
//!
//! Invariants: the content of a string never changes, for a tail is written behind its end alone, and by the string alone
//! that ends there. A tail holds at most about twice the bytes of the shortest string that keeps it alive.

use holloway::{Gc, Heap, OutOfMemory};

use super::{Str, StrExt, Tail};

/// Results with fewer bytes are flat.
const LONG: usize = 128;
/// Beyond so many bytes a tail makes room for half of its content, not for as much again.
const LARGE: usize = 1 << 20;
/// Without memory for more, a tail has room for this part of its content.
const LITTLE: usize = 64;
/// Bytes that a grown string has beside its fields: how much of the tail is its content.
const COUNT: usize = size_of::<u64>();

/// How many bytes of the tail are the content of this string.
pub(super) fn byte_count(grown: Gc<Str>) -> usize {
    let byte = |at| grown.at(Str::BYTES, at).unwrap_or(0) as usize;
    (0..COUNT).rev().fold(0, |count, at| count << 8 | byte(at))
}

/// The content of this string.
#[inline(never)]
pub(super) fn content(grown: Gc<Str>, heap: &Heap) -> &[u8] {
    grown.get(Str::TAIL).map_or(&[], |tail| &tail.bytes(Tail::BYTES, heap)[..byte_count(grown)])
}

/// For the mark of a flat string; without memory there is none.
#[cold]
pub(super) fn marker(heap: &mut Heap, flat: Gc<Str>) -> Option<Gc<Tail>> {
    let tail = Tail::alloc(heap, 0, 0, 0, 0).ok();
    flat.set(Str::TAIL, tail);
    tail
}

/// `a + b`
pub fn concat(heap: &mut Heap, a: Gc<Str>, b: Gc<Str>) -> Result<Gc<Str>, OutOfMemory> {
    let (m, n) = (a.byte_count(), b.byte_count());
    if n == 0 {
        return Ok(a);
    }
    if m == 0 {
        return Ok(b);
    }
    if m + n >= LONG && m >= n {
        return grown(heap, a, b);
    }
    flat(heap, a, b)
}

/// A string with the content of both.
fn flat(heap: &mut Heap, a: Gc<Str>, b: Gc<Str>) -> Result<Gc<Str>, OutOfMemory> {
    let (m, n) = (a.byte_count(), b.byte_count());
    let chars = a.get(Str::CHARS) + b.get(Str::CHARS);
    let string = Str::alloc(heap, m + n, m + n, chars, 0, None)?;
    string.write_bytes(Str::BYTES, 0, a.as_bytes(heap));
    string.write_bytes(Str::BYTES, m, b.as_bytes(heap));
    Ok(string)
}

/// A string with the content of both in a tail, that of `a` if possible.
fn grown(heap: &mut Heap, a: Gc<Str>, b: Gc<Str>) -> Result<Gc<Str>, OutOfMemory> {
    let (m, n) = (a.byte_count(), b.byte_count());
    let tail = a.get(Str::TAIL).filter(|_| a.is_grown());
    if let Some(tail) = tail
        && tail.bytes(Tail::BYTES, heap)[m..].starts_with(b.as_bytes(heap))
    {
        return view(heap, tail, m + n, a.get(Str::CHARS) + b.get(Str::CHARS));
    }
    let end = tail.filter(|tail| tail.len() == m);
    if let Some(tail) = end
        && tail.capacity() - m >= n
    {
        return append(heap, (a, tail), b);
    }
    let more = match end {
        _ if heap.used().saturating_add(2 * (m + n)) > heap.limit() / 2 => (m + n) / 8,
        Some(_) if m + n < LARGE => m + n,
        Some(_) => (m + n) / 2,
        // Nobody knows if one that never grew will do so again.
        None => (m + n) / 4,
    };
    let mut with_room = |more| Tail::alloc(heap, m, m + n + more, a.get(Str::CHARS), 0);
    let Ok(tail) = with_room(more).or_else(|_| with_room((m + n) / LITTLE)) else {
        return flat(heap, a, b);
    };
    tail.write_bytes(Tail::BYTES, 0, a.as_bytes(heap));
    append(heap, (a, tail), b)
}

/// The tail ends with `a`, and has room for `b`.
fn append(
    heap: &mut Heap,
    (a, tail): (Gc<Str>, Gc<Tail>),
    b: Gc<Str>,
) -> Result<Gc<Str>, OutOfMemory> {
    let (m, n) = (tail.len(), b.byte_count());
    let chars = a.get(Str::CHARS) + b.get(Str::CHARS);
    let string = view(heap, tail, m + n, chars)?;
    tail.set_len(m + n);
    tail.write_bytes(Tail::BYTES, m, b.as_bytes(heap));
    tail.set(Tail::CHARS, chars);
    Ok(string)
}

/// The string of the first `bytes` bytes of a tail, which are so many characters.
fn view(heap: &mut Heap, tail: Gc<Tail>, bytes: usize, chars: i64) -> Result<Gc<Str>, OutOfMemory> {
    let string = Str::alloc(heap, COUNT, COUNT, chars, 0, Some(tail))?;
    string.write_bytes(Str::BYTES, 0, &bytes.to_le_bytes());
    Ok(string)
}
