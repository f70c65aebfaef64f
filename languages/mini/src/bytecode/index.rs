//! Arrays and strings: elements, literals, `push` and `pop`.

use holloway::{Array, Cx, Frame, Gc, Mode, Red, Tag, Value};

use super::language::Mini;
use super::op::Slot;
use super::{slow, text};
use crate::builtins;
use crate::error::Result;
use crate::value::text::Str;
use crate::value::{Map, Object};

/// `R[d] = a[i]`
#[inline(always)]
pub(super) fn get<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    frame: Frame<M, Mini>,
    d: Slot,
    a: Value<M>,
    i: Value<M>,
) -> Result<()> {
    if let (Some(array), Some(index)) = (a.cast::<Array>(), i.as_int())
        && let Some(element) = array.load(index)
    {
        frame.set(d, element);
        return Ok(());
    }
    if let (Some(string), Some(index)) = (a.cast::<Str>(), i.as_int())
        && index.below(string.get(Str::CHARS))
    {
        let character = text::character(cx, a, string, index)?;
        frame.set(d, character);
        return Ok(());
    }
    slow_get(cx, frame, d, a, i)
}

/// The value of a key of a map.
#[inline(never)]
pub(super) fn map_get<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    map: Red<M, Gc<Map>>,
    key: Value<M>,
) -> Option<Value<M>> {
    let entry = map_entry(cx, map, key);
    if entry < 0 { None } else { map.get(Map::VALUES).load(entry) }
}

/// The number of a key of a map; -1 if it is not there.
#[inline(always)]
pub(super) fn map_entry<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    map: Red<M, Gc<Map>>,
    key: Value<M>,
) -> Red<M, i64> {
    if let Some(key) = key.cast::<Str>() {
        return slow::map_find_text(cx, map, key);
    }
    match key.as_int() {
        Some(key) => slow::map_find_int(cx, map, key),
        None => slow::map_find(cx, map, key),
    }
}

/// A map, a negative index, or an error.
#[cold]
#[inline(never)]
fn slow_get<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    frame: Frame<M, Mini>,
    d: Slot,
    a: Value<M>,
    i: Value<M>,
) -> Result<()> {
    let found = match a.cast::<Map>() {
        Some(map) => map_get(cx, map, i),
        None => from_end(a, i).and_then(|(array, index)| array.load(index)),
    };
    let element = match found {
        Some(element) => element,
        None => slow::index(cx, a, i)?,
    };
    frame.set(d, element);
    Ok(())
}

/// The array, and the position that a negative index means.
#[inline(always)]
fn from_end<M: Mode>(a: Value<M>, i: Value<M>) -> Option<(Red<M, Gc<Array>>, Red<M, i64>)> {
    let (array, index) = (a.cast::<Array>()?, i.as_int()?);
    (index < 0).then(|| (array, index + array.count()))
}

/// `a[i] = value`
#[inline(always)]
pub(super) fn set<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    a: Value<M>,
    i: Value<M>,
    value: Value<M>,
) -> Result<()> {
    if let (Some(array), Some(index)) = (a.cast::<Array>(), i.as_int())
        && array.try_store(index, value)
    {
        return Ok(());
    }
    slow_set(cx, a, i, value)
}

/// A negative index, an array whose elements differ in type, or an error.
#[cold]
#[inline(never)]
fn slow_set<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    a: Value<M>,
    i: Value<M>,
    value: Value<M>,
) -> Result<()> {
    if let Some(map) = a.cast::<Map>() {
        let entry = map_entry(cx, map, i);
        if entry >= 0 && map.get(Map::VALUES).try_store(entry, value) {
            return Ok(());
        }
        return slow::set_key(cx, map, i, value);
    }
    if let Some(object) = a.cast::<Object>() {
        return slow::set_named(cx, object, i, value);
    }
    let Some(index) = i.as_int() else { return slow::bad_index(cx, a, i) };
    if let Some((array, index)) = from_end(a, i)
        && array.try_store(index, value)
    {
        return Ok(());
    }
    slow::set_index(cx, a, index, value)
}

/// `R[d] = len(a)`
#[inline(always)]
pub(super) fn len<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    frame: Frame<M, Mini>,
    d: Slot,
    a: Value<M>,
) -> Result<()> {
    let length = if let Some(array) = a.cast::<Array>() {
        array.count()
    } else if let Some(string) = a.cast::<Str>() {
        text::char_count(string)
    } else {
        return builtin1(cx, frame, d, "len", a);
    };
    frame.set(d, Value::int(length));
    Ok(())
}

/// The built-in of this name, which reads only.
#[cold]
#[inline(never)]
pub(super) fn builtin1<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    frame: Frame<M, Mini>,
    d: Slot,
    name: &str,
    a: Value<M>,
) -> Result<()> {
    let result = slow::builtin1(cx, number(name), a)?;
    frame.set(d, result);
    Ok(())
}

/// The number of a built-in, as an argument.
pub(super) fn number<M: Mode>(name: &str) -> Red<M, i64> {
    Red::green(i64::from(builtins::find(name).unwrap_or(u16::MAX)))
}

/// `push(a, value)`
#[inline(always)]
pub(super) fn push<M: Mode>(cx: &mut Cx<'_, M, Mini>, a: Value<M>, value: Value<M>) -> Result<()> {
    if let Some(array) = a.cast::<Array>()
        && array.try_push(value)
    {
        return Ok(());
    }
    slow_push(cx, a, value)
}

#[cold]
#[inline(never)]
fn slow_push<M: Mode>(cx: &mut Cx<'_, M, Mini>, a: Value<M>, value: Value<M>) -> Result<()> {
    slow::push(cx, number("push"), a, value).map(|_| ())
}

/// `R[d] = pop(a)`
#[inline(always)]
pub(super) fn pop<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    frame: Frame<M, Mini>,
    d: Slot,
    a: Value<M>,
) -> Result<()> {
    if let Some(array) = a.cast::<Array>()
        && let Some(value) = array.try_pop()
    {
        frame.set(d, value);
        return Ok(());
    }
    slow_pop(cx, frame, d, a)
}

#[cold]
#[inline(never)]
fn slow_pop<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    frame: Frame<M, Mini>,
    d: Slot,
    a: Value<M>,
) -> Result<()> {
    let value = slow::pop(cx, number("pop"), a)?;
    frame.set(d, value);
    Ok(())
}

/// `R[d] = [R[first], ..]`
#[inline(never)]
pub(super) fn array<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    frame: Frame<M, Mini>,
    d: Slot,
    first: Slot,
    count: u16,
) -> Result<()> {
    let array = cx.array_of_slots(frame, first, count)?;
    frame.set(d, array);
    Ok(())
}

/// Appends R[first] .. to the array R[d].
#[inline(never)]
pub(super) fn extend<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    frame: Frame<M, Mini>,
    d: Slot,
    first: Slot,
    count: u16,
) -> Result<()> {
    let array = frame.get(d);
    debug_assert_eq!(array.tag(), Tag::ARRAY, "made by the instruction before");
    for slot in first..first + count {
        slow::append(cx, array, frame.get(slot))?;
    }
    Ok(())
}
