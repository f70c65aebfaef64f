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
    if m + n >= LONG || m == 0 || n == 0 {
        return join(heap, &[a, b]);
    }
    let chars = a.get(Str::CHARS) + b.get(Str::CHARS);
    let string = Str::alloc(heap, m + n, m + n, chars, 0, None)?;
    string.write_bytes(Str::BYTES, 0, a.as_bytes(heap));
    string.write_bytes(Str::BYTES, m, b.as_bytes(heap));
    Ok(string)
}

/// The content of all, one behind the other.
pub fn join(heap: &mut Heap, parts: &[Gc<Str>]) -> Result<Gc<Str>, OutOfMemory> {
    let total = Size::of(parts);
    // Where all others are empty, one will do.
    if let Some(&part) = parts.iter().find(|part| part.byte_count() == total.bytes) {
        return Ok(part);
    }
    let first = parts.first().map_or(0, |part| part.byte_count());
    if total.bytes >= LONG && first >= total.bytes - first {
        return grown(heap, parts, total);
    }
    flat(heap, parts, total)
}

/// How long a string is.
#[derive(Clone, Copy)]
struct Size {
    bytes: usize,
    chars: i64,
}

impl Size {
    /// All of them together.
    fn of(parts: &[Gc<Str>]) -> Size {
        parts.iter().fold(Size { bytes: 0, chars: 0 }, |size, part| Size {
            bytes: size.bytes + part.byte_count(),
            chars: size.chars + part.get(Str::CHARS),
        })
    }
}

/// A string of its own.
fn flat(heap: &mut Heap, parts: &[Gc<Str>], size: Size) -> Result<Gc<Str>, OutOfMemory> {
    let string = Str::alloc(heap, size.bytes, size.bytes, size.chars, 0, None)?;
    let mut at = 0;
    for part in parts {
        string.write_bytes(Str::BYTES, at, part.as_bytes(heap));
        at += part.byte_count();
    }
    Ok(string)
}

/// A string in a tail, that of the first part if possible.
fn grown(heap: &mut Heap, parts: &[Gc<Str>], size: Size) -> Result<Gc<Str>, OutOfMemory> {
    let Some((&a, rest)) = parts.split_first() else { return flat(heap, parts, size) };
    let m = a.byte_count();
    let tail = a.get(Str::TAIL).filter(|_| a.is_grown());
    if let Some(tail) = tail
        && follow(heap, (tail, m), rest)
    {
        return view(heap, tail, size);
    }
    let end = tail.filter(|tail| tail.len() == m);
    if let Some(tail) = end
        && size.bytes <= tail.capacity()
    {
        return append(heap, tail, rest, size);
    }
    let more = match end {
        _ if heap.used().saturating_add(2 * size.bytes) > heap.limit() / 2 => size.bytes / 8,
        Some(_) if size.bytes < LARGE => size.bytes,
        Some(_) => size.bytes / 2,
        // Nobody knows if one that never grew will do so again.
        None => size.bytes / 4,
    };
    let mut with_room = |more| Tail::alloc(heap, m, size.bytes + more, a.get(Str::CHARS), 0);
    let Ok(tail) = with_room(more).or_else(|_| with_room(size.bytes / LITTLE)) else {
        return flat(heap, parts, size);
    };
    tail.write_bytes(Tail::BYTES, 0, a.as_bytes(heap));
    append(heap, tail, rest, size)
}

/// Do the contents of these lie in the tail, from byte `at` on?
fn follow(heap: &Heap, (tail, mut at): (Gc<Tail>, usize), parts: &[Gc<Str>]) -> bool {
    let bytes = tail.bytes(Tail::BYTES, heap);
    parts.iter().all(|part| {
        let there = bytes[at..].starts_with(part.as_bytes(heap));
        at += part.byte_count();
        there
    })
}

/// The tail has room for them, and with them it has this size.
fn append(
    heap: &mut Heap,
    tail: Gc<Tail>,
    parts: &[Gc<Str>],
    size: Size,
) -> Result<Gc<Str>, OutOfMemory> {
    let string = view(heap, tail, size)?;
    let mut at = tail.len();
    tail.set_len(size.bytes);
    for part in parts {
        tail.write_bytes(Tail::BYTES, at, part.as_bytes(heap));
        at += part.byte_count();
    }
    tail.set(Tail::CHARS, size.chars);
    Ok(string)
}

/// The string of so much of a tail.
fn view(heap: &mut Heap, tail: Gc<Tail>, size: Size) -> Result<Gc<Str>, OutOfMemory> {
    let string = Str::alloc(heap, COUNT, COUNT, size.chars, 0, Some(tail))?;
    string.write_bytes(Str::BYTES, 0, &size.bytes.to_le_bytes());
    Ok(string)
}
