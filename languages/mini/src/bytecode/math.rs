//! Built-in functions of numbers that are instructions.

use holloway::{Cx, Frame, Mode, Red, Value};

use super::arith::to_float;
use super::index::{builtin1, number};
use super::language::Mini;
use super::op::{Math, Math2, Slot};
use super::{compare, slow, text};
use crate::error::Result;

/// `R[d] = f(a)`
#[inline(always)]
pub(super) fn one<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    frame: Frame<M, Mini>,
    f: Math,
    d: Slot,
    a: Value<M>,
) -> Result<()> {
    let result = match f {
        Math::Chr => text::from_code(cx, a)?,
        _ => fast(f, a),
    };
    match result {
        Some(result) => {
            frame.set(d, result);
            Ok(())
        }
        None => builtin1(cx, frame, d, f.name(), a),
    }
}

/// The result, if there is a fast way to it.
#[inline(always)]
fn fast<M: Mode>(f: Math, a: Value<M>) -> Option<Value<M>> {
    let float = |f: Red<M, f64>| Some(Value::float(f));
    match f {
        Math::Abs => abs(a),
        Math::Ceil => to_int(a, Red::ceil),
        Math::Floor => to_int(a, Red::floor),
        Math::Round => to_int(a, slow::round),
        Math::Int => to_int(a, |f| f),
        Math::Float => float(to_float(a)?),
        Math::Sqrt => float(to_float(a)?.sqrt()),
        Math::Sin => float(slow::sin(to_float(a)?)),
        Math::Cos => float(slow::cos(to_float(a)?)),
        Math::Tan => float(slow::tan(to_float(a)?)),
        Math::Exp => float(slow::exp(to_float(a)?)),
        Math::Log => float(slow::log(to_float(a)?)),
        Math::Ord => text::ord(a),
        Math::Chr => None,
    }
}

fn abs<M: Mode>(a: Value<M>) -> Option<Value<M>> {
    if let Some(int) = a.as_int() {
        if int >= 0 {
            return Some(a);
        }
        return Red::green(0).checked_sub(int).map(Value::int);
    }
    a.as_float().map(|float| Value::float(float.abs()))
}

#[inline(always)]
fn to_int<M: Mode>(a: Value<M>, how: impl FnOnce(Red<M, f64>) -> Red<M, f64>) -> Option<Value<M>> {
    if a.as_int().is_some() {
        return Some(a);
    }
    how(a.as_float()?).to_int().map(Value::int)
}

/// `R[d] = f(a, b)`
#[inline(always)]
pub(super) fn two<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    frame: Frame<M, Mini>,
    f: Math2,
    d: Slot,
    (a, b): (Value<M>, Value<M>),
) -> Result<()> {
    let result = match f {
        Math2::Atan2 => match (to_float(a), to_float(b)) {
            (Some(y), Some(x)) => Value::float(slow::atan2(y, x)),
            _ => slow::builtin2(cx, number("atan2"), a, b)?,
        },
        Math2::Max | Math2::Min if !(is_word(a) && is_word(b)) => {
            slow::builtin2(cx, number(f.name()), a, b)?
        }
        Math2::Max if compare::gt(cx, b, a)?.test() => b,
        Math2::Min if compare::lt(cx, b, a)?.test() => b,
        Math2::Max | Math2::Min => a,
    };
    frame.set(d, result);
    Ok(())
}

/// An int of a word, or a float.
#[inline(always)]
fn is_word<M: Mode>(value: Value<M>) -> bool {
    value.as_int().is_some() || value.as_float().is_some()
}
