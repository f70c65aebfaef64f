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

/// So many parts are joined by one call.
const MOST: usize = 5;

/// What a string is made of: the arguments of the call that was put off, or the string itself.
#[derive(Clone, Copy)]
struct Parts<M: Mode> {
    list: [Red<M, Gc<Str>>; MOST],
    count: usize,
    /// They are arguments: short.
    put_off: bool,
}

impl<M: Mode> Parts<M> {
    /// The string itself.
    #[inline(always)]
    fn whole(string: Red<M, Gc<Str>>) -> Self {
        Parts { list: [string; MOST], count: 1, put_off: false }
    }

    #[inline(always)]
    fn of(string: Red<M, Gc<Str>>) -> Self {
        let mut parts = Parts { put_off: true, ..Parts::whole(string) };
        let mut fill = |arguments: &[Red<M, Gc<Str>>]| {
            parts.list[..arguments.len()].copy_from_slice(arguments);
            parts.count = arguments.len();
        };
        if let Some(arguments) = slow::JOIN2.arguments(string) {
            fill(&arguments);
        } else if let Some(arguments) = slow::JOIN3.arguments(string) {
            fill(&arguments);
        } else if let Some(arguments) = slow::JOIN4.arguments(string) {
            fill(&arguments);
        } else if let Some(arguments) = slow::JOIN5.arguments(string) {
            fill(&arguments);
        } else {
            return Parts::whole(string);
        }
        parts
    }

    /// May what they are joined to be made beyond the limit of the heap?
    #[inline(always)]
    fn are_short(&self, cx: &mut Cx<'_, M, Mini>) -> bool {
        // Digits are few.
        self.put_off
            || slow::INT_TEXT.arguments(self.list[0]).is_some()
            || self.list[0].get(Str::CHARS) < cx.host.host.short_string()
    }
}

/// `a + b`
pub(super) fn concat<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    a: Red<M, Gc<Str>>,
    b: Red<M, Gc<Str>>,
) -> Result<Red<M, Gc<Str>>> {
    let (mut left, mut right) = (Parts::of(a), Parts::of(b));
    if left.count + right.count > MOST {
        (left, right) = (Parts::whole(a), Parts::whole(b));
    }
    if !(left.are_short(cx) && right.are_short(cx)) {
        return slow::concat(cx, a, b);
    }
    let mut all = left.list;
    let count = left.count + right.count;
    all[left.count..count].copy_from_slice(&right.list[..right.count]);
    let [v, w, x, y, z] = all;
    Ok(match count {
        2 => slow::join2(cx, v, w),
        3 => slow::join3(cx, v, w, x),
        4 => slow::join4(cx, v, w, x, y),
        _ => slow::join5(cx, v, w, x, y, z),
    })
}

/// How many characters; of a sum that is not made yet, as many as its parts have.
#[inline(always)]
pub(super) fn char_count<M: Mode>(string: Red<M, Gc<Str>>) -> Red<M, i64> {
    let parts = Parts::of(string);
    let first = parts.list[0].get(Str::CHARS);
    parts.list[1..parts.count].iter().fold(first, |sum, part| sum + part.get(Str::CHARS))
}
