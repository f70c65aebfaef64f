//! Characters of strings: an ASCII string's character is a byte, and its string lies in a table, so that going through a
//! string needs no call, be it flat or grown. Other strings are `slow`.

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
