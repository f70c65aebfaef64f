//! Built-ins that change nothing, called from the program: what a trace knows of objects it still knows after such a call.
//!
//! Lookups in a map are one call that finds the place of a key; the value is loaded from there. So several lookups of one key in
//! a row are one.
//!
//! Invariant: nothing that is called here writes to an object that was there before.

use holloway::{Cx, Frame, Mode, Red, Value};

use super::language::Mini;
use super::op::Slot;
use super::{index, slow};
use crate::builtins;
use crate::error::Result;
use crate::value::Map;
use crate::value::text::Str;

/// The result of a built-in that changes nothing, if it is one: what traces know of objects they still know after it.
#[inline(never)]
pub(super) fn result<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    frame: Frame<M, Mini>,
    number: u16,
    base: Slot,
    argc: u16,
) -> Result<Option<Value<M>>> {
    let argument = |n: u16| frame.get(base + n);
    if matches!(number, HAS | GET)
        && builtins::checked(number, usize::from(argc)).is_ok()
        && let Some(map) = argument(1).cast::<Map>()
    {
        if number == HAS {
            let entry = index::map_entry(cx, map, argument(2));
            return Ok(Some(Value::bool(!entry.lt_value(Red::green(0)))));
        }
        return Ok(Some(index::map_get(cx, map, argument(2)).unwrap_or(argument(3))));
    }
    if !builtins::only_reads(number) {
        return Ok(None);
    }
    if let Some(result) = of_text(cx, frame, number, base, argc)? {
        return Ok(Some(result));
    }
    let n = Red::green(i64::from(number));
    Ok(Some(match argc {
        1 => slow::builtin1(cx, n, argument(1))?,
        2 => slow::builtin2(cx, n, argument(1), argument(2))?,
        3 if number == SLICE => match (argument(2).as_int(), argument(3).as_int()) {
            (Some(from), Some(to)) => slow::slice(cx, argument(1), from, to)?,
            _ => return Ok(None),
        },
        _ => return Ok(None),
    }))
}

/// The result, if the first argument is a string and there is a way that asks no more.
#[inline(always)]
fn of_text<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    frame: Frame<M, Mini>,
    number: u16,
    base: Slot,
    argc: u16,
) -> Result<Option<Value<M>>> {
    if !matches!((number, argc), (CONTAINS | FIND, 2) | (SLICE, 3)) {
        return Ok(None);
    }
    let Some(string) = frame.get(base + 1).cast::<Str>() else { return Ok(None) };
    if number == SLICE {
        return match (frame.get(base + 2).as_int(), frame.get(base + 3).as_int()) {
            (Some(from), Some(to)) => {
                slow::slice_text(cx, string, from, to).map(|s| Some(Value::object(s)))
            }
            _ => Ok(None),
        };
    }
    let Some(part) = frame.get(base + 2).cast::<Str>() else { return Ok(None) };
    let at = slow::text_find(cx, string, part);
    Ok(Some(match number {
        CONTAINS => Value::bool(!at.lt_value(Red::green(0))),
        _ => Value::int(at),
    }))
}

const CONTAINS: u16 = builtins::number_of("contains");
const FIND: u16 = builtins::number_of("find");
const HAS: u16 = builtins::number_of("has");
const GET: u16 = builtins::number_of("get");
const SLICE: u16 = builtins::number_of("slice");
