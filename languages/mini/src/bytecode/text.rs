//! Strings in traces. Characters: an ASCII string's character is a byte, and its string lies in a table, so that going through a
//! string needs no call, be it flat or grown. Other strings are `slow`.
//!
//! Chains of `+`: what a trace makes of short strings is put off until somebody wants it. If `a + b` gets another part, the sum
//! is that of all three, and nobody wants the first one.

use holloway::{Array, Cx, Gc, Mode, Red, Value};

use super::language::Mini;
use super::slow;
use crate::error::Result;
use crate::value::text::{Str, Tail};

/// The character at `at`, which lies within the string.
#[inline(always)]
pub(super) fn character<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    string: Value<M>,
    text: Red<M, Gc<Str>>,
    at: Red<M, i64>,
) -> Result<Value<M>> {
    let byte = if text.get(Str::CHARS) == text.len() {
        text.at(Str::BYTES, at)
    } else {
        byte_of_grown(text, at)
    };
    if let Some(byte) = byte
        && let Some(character) = table(cx)?.load(byte)
    {
        return Ok(character);
    }
    slow::char_or_nil(cx, string, at)
}

/// The byte at `at` of a grown string whose tail is ASCII.
#[inline(never)]
fn byte_of_grown<M: Mode>(text: Red<M, Gc<Str>>, at: Red<M, i64>) -> Option<Red<M, i64>> {
    if text.len() > text.get(Str::CHARS) {
        return None;
    }
    let tail = text.get(Str::TAIL).present()?;
    if tail.get(Tail::CHARS) == tail.len() { tail.at(Tail::BYTES, at) } else { None }
}

/// The string of one character, if it is ASCII.
#[inline(always)]
pub(super) fn from_code<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    code: Value<M>,
) -> Result<Option<Value<M>>> {
    match code.as_int() {
        Some(code) => Ok(table(cx)?.load(code)),
        None => Ok(None),
    }
}

/// `ord`: of a string of one byte.
#[inline(always)]
pub(super) fn ord<M: Mode>(a: Value<M>) -> Option<Value<M>> {
    let string = a.cast::<Str>()?;
    if string.len() != 1 {
        return None;
    }
    string.at(Str::BYTES, Red::green(0)).map(Value::int)
}

/// The strings of the ASCII characters.
#[inline(always)]
fn table<M: Mode>(cx: &mut Cx<'_, M, Mini>) -> Result<Red<M, Gc<Array>>> {
    Ok(Red::green(cx.host.host.characters()?))
}

/// `a + b`
pub(super) fn concat<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    a: Red<M, Gc<Str>>,
    b: Red<M, Gc<Str>>,
) -> Result<Red<M, Gc<Str>>> {
    if let Some([x, y]) = slow::JOIN2.arguments(a) {
        if is_short(cx, b) {
            return Ok(slow::join3(cx, x, y, b));
        }
    } else if let Some([x, y, z]) = slow::JOIN3.arguments(a) {
        if is_short(cx, b) {
            return Ok(slow::join4(cx, x, y, z, b));
        }
    } else if let Some([w, x, y, z]) = slow::JOIN4.arguments(a)
        && is_short(cx, b)
    {
        return Ok(slow::join5(cx, w, x, y, z, b));
    }
    if is_short(cx, a) && is_short(cx, b) {
        return Ok(slow::join2(cx, a, b));
    }
    slow::concat(cx, a, b)
}

/// May it be made beyond the limit of the heap?
fn is_short<M: Mode>(cx: &mut Cx<'_, M, Mini>, string: Red<M, Gc<Str>>) -> bool {
    // Digits are few.
    slow::INT_TEXT.arguments(string).is_some()
        || string.get(Str::CHARS) < cx.host.host.short_string()
}

/// How many characters; of a sum that is not made yet, as many as its parts have.
#[inline(always)]
pub(super) fn char_count<M: Mode>(string: Red<M, Gc<Str>>) -> Red<M, i64> {
    let all = |parts: &[Red<M, Gc<Str>>]| {
        parts[1..].iter().fold(parts[0].get(Str::CHARS), |sum, part| sum + part.get(Str::CHARS))
    };
    if let Some(parts) = slow::JOIN2.arguments(string) {
        all(&parts)
    } else if let Some(parts) = slow::JOIN3.arguments(string) {
        all(&parts)
    } else if let Some(parts) = slow::JOIN4.arguments(string) {
        all(&parts)
    } else if let Some(parts) = slow::JOIN5.arguments(string) {
        all(&parts)
    } else {
        string.get(Str::CHARS)
    }
}
