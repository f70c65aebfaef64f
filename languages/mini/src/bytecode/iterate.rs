//! `for`: counting through a range, and going through arrays, strings and keys.
//!
//! Each function answers if there is a turn.

use holloway::{Array, Cx, Frame, Mode, Red, Value};

use super::language::Mini;
use super::op::Slot;
use super::{arith, compare, slow, text};
use crate::error::Result;
use crate::value::text::Str;

/// The first number of a range of step 1.
#[inline(always)]
pub(super) fn count_prepare<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    frame: Frame<M, Mini>,
    i: Slot,
) -> Result<bool> {
    let (start, end) = (frame.get(i), frame.get(i + 1));
    if let (Some(start), Some(end)) = (start.as_int(), end.as_int()) {
        return Ok(start < end);
    }
    slow::range_check(cx, start, end)?;
    Ok(slow::lt(cx, start, end)?.test())
}

/// The next number.
#[inline(always)]
pub(super) fn count<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    frame: Frame<M, Mini>,
    i: Slot,
) -> Result<bool> {
    if let (Some(last), Some(end)) = (frame.get(i).as_int(), frame.get(i + 1).as_int()) {
        // It was below the end, so this does not overflow.
        let next = last + 1;
        frame.set(i, Value::int(next));
        return Ok(next < end);
    }
    slow_count(cx, frame, i)
}

#[cold]
#[inline(never)]
fn slow_count<M: Mode>(cx: &mut Cx<'_, M, Mini>, frame: Frame<M, Mini>, i: Slot) -> Result<bool> {
    let (last, end) = (frame.get(i), frame.get(i + 1));
    arith::add(cx, frame, i, last, Value::int(Red::green(1)))?;
    let next = frame.get(i);
    Ok(compare::lt(cx, next, end)?.test())
}

/// The first number of a range with a step.
#[inline(never)]
pub(super) fn step_prepare<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    frame: Frame<M, Mini>,
    i: Slot,
) -> Result<bool> {
    let (start, end, step) = (frame.get(i), frame.get(i + 1), frame.get(i + 2));
    if start.as_int().is_none() || end.as_int().is_none() {
        slow::range_check(cx, start, end)?;
    }
    match step.as_int() {
        Some(step) if step != 0 => {}
        _ => slow::step_check(cx, step)?,
    }
    before_end(cx, start, end, step)
}

/// If a number of a range lies before its end.
#[inline(always)]
fn before_end<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    number: Value<M>,
    end: Value<M>,
    step: Value<M>,
) -> Result<bool> {
    let up = match step.as_int() {
        Some(step) => step > 0,
        None => compare::gt(cx, step, Value::int(Red::green(0)))?.test(),
    };
    if up {
        return Ok(compare::lt(cx, number, end)?.test());
    }
    Ok(compare::gt(cx, number, end)?.test())
}

/// The next number of a range with a step.
#[inline(always)]
pub(super) fn step<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    frame: Frame<M, Mini>,
    i: Slot,
) -> Result<bool> {
    let (last, end, step) = (frame.get(i), frame.get(i + 1), frame.get(i + 2));
    // A number that needs more than a word becomes a large int, which lies beyond an end that is a word.
    arith::add(cx, frame, i, last, step)?;
    let next = frame.get(i);
    before_end(cx, next, end, step)
}

/// A `for` through a sequence begins.
#[inline(always)]
pub(super) fn each_prepare<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    frame: Frame<M, Mini>,
    i: Slot,
) -> Result<()> {
    let sequence = frame.get(i);
    if sequence.cast::<Array>().is_none() && sequence.cast::<Str>().is_none() {
        let keys = slow::keys(cx, sequence)?;
        frame.set(i, keys);
    }
    frame.set(i + 1, Value::int(Red::green(0)));
    frame.set(i + 2, Value::nil());
    Ok(())
}

/// The next element.
#[inline(always)]
pub(super) fn each<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    frame: Frame<M, Mini>,
    i: Slot,
) -> Result<bool> {
    if let (Some(array), Some(at)) = (frame.get(i).cast::<Array>(), frame.get(i + 1).as_int()) {
        let Some(element) = array.load(at) else { return Ok(false) };
        frame.set(i + 1, Value::int(at + 1));
        frame.set(i + 2, element);
        return Ok(true);
    }
    each_character(cx, frame, i)
}

#[inline(never)]
fn each_character<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    frame: Frame<M, Mini>,
    i: Slot,
) -> Result<bool> {
    let value = frame.get(i);
    let (Some(string), Some(at)) = (value.cast::<Str>(), frame.get(i + 1).as_int()) else {
        return Ok(false);
    };
    if !at.below(string.get(Str::CHARS)) {
        return Ok(false);
    }
    let character = text::character(cx, value, string, at)?;
    frame.set(i + 1, Value::int(at + 1));
    frame.set(i + 2, character);
    Ok(true)
}
