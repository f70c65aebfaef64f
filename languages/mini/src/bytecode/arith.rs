//! Arithmetic: fast ways for words and floats. Large ints, strings, arrays and errors are `slow`.
//!
//! Every function puts its result into slot `d`. Two ints and two floats are inlined in the dispatch loop; all else is
//! for functions of their own that write the slot themselves: a result that came back from them through memory would slow
//! the fast way down.

use holloway::{Cx, Frame, Mode, Red, Value};

use super::language::Mini;
use super::op::Slot;
use super::{slow, text};
use crate::error::Result;
use crate::value::text::Str;

/// A number as a float, however large.
#[inline(always)]
pub(super) fn to_float<M: Mode>(value: Value<M>) -> Option<Red<M, f64>> {
    match value.as_float() {
        Some(float) => Some(float),
        None => value.as_int().map(Red::<M, i64>::to_float),
    }
}

/// An int as a float, if that is exact.
#[inline(always)]
pub(super) fn exact<M: Mode>(int: Red<M, i64>) -> Option<Red<M, f64>> {
    const EXACT: i64 = 1 << 53;
    (int + EXACT).below(Red::green(2 * EXACT)).then(|| int.to_float())
}

/// An int and a float, in either order, as floats.
#[inline(always)]
fn mixed<M: Mode>(a: Value<M>, b: Value<M>) -> Option<(Red<M, f64>, Red<M, f64>)> {
    match (a.as_int(), b.as_int()) {
        (Some(x), None) => Some((x.to_float(), b.as_float()?)),
        (None, Some(y)) => Some((a.as_float()?, y.to_float())),
        _ => None,
    }
}

/// `$name` with the int way and the float way given; both are `Option`s of the result. `$other` is for other operands, and
/// for those without such a result.
macro_rules! arithmetic {
    ($($name:ident, $other:ident = $slow:path: |$x:ident, $y:ident| $int:expr; |$f:ident, $g:ident| $float:expr;)*) => {
        $(
            #[inline(always)]
            pub(super) fn $name<M: Mode>(
                cx: &mut Cx<'_, M, Mini>,
                frame: Frame<M, Mini>,
                d: Slot,
                a: Value<M>,
                b: Value<M>,
            ) -> Result<()> {
                if let (Some($x), Some($y)) = (a.as_int(), b.as_int()) {
                    if let Some(result) = $int {
                        frame.set(d, result);
                        return Ok(());
                    }
                } else if let (Some($f), Some($g)) = (a.as_float(), b.as_float())
                    && let Some(result) = $float
                {
                    frame.set(d, result);
                    return Ok(());
                }
                $other(cx, frame, d, a, b)
            }

            #[inline(never)]
            fn $other<M: Mode>(
                cx: &mut Cx<'_, M, Mini>,
                frame: Frame<M, Mini>,
                d: Slot,
                a: Value<M>,
                b: Value<M>,
            ) -> Result<()> {
                if let Some(($f, $g)) = mixed(a, b)
                    && let Some(result) = $float
                {
                    frame.set(d, result);
                    return Ok(());
                }
                let result = $slow(cx, a, b)?;
                frame.set(d, result);
                Ok(())
            }
        )*
    };
}

/// `a + b` of what has no fast way.
fn sum<M: Mode>(cx: &mut Cx<'_, M, Mini>, a: Value<M>, b: Value<M>) -> Result<Value<M>> {
    match (a.cast::<Str>(), b.cast::<Str>()) {
        (Some(a), Some(b)) => text::concat(cx, a, b).map(Value::object),
        _ => slow::add(cx, a, b),
    }
}

arithmetic! {
    add, other_add = sum:
        |x, y| x.checked_add(y).map(Value::int);
        |f, g| Some(Value::float(f + g));
    sub, other_sub = slow::sub:
        |x, y| x.checked_sub(y).map(Value::int);
        |f, g| Some(Value::float(f - g));
    mul, other_mul = slow::mul:
        |x, y| x.checked_mul(y).map(Value::int);
        |f, g| Some(Value::float(f * g));
    div, other_div = slow::div:
        |x, y| divide_ints(x, y);
        |f, g| (g != 0.0).then(|| Value::float(f / g));
    floor_div, other_floor_div = slow::floor_div:
        |x, y| x.checked_floordiv(y).map(Value::int);
        |f, g| (g != 0.0).then(|| Value::float(slow::float_floor_div(f, g)));
    modulo, other_modulo = slow::modulo:
        |x, y| x.checked_floormod(y).map(Value::int);
        |f, g| (g != 0.0).then(|| Value::float(slow::float_mod(f, g)));
    pow, other_pow = slow::pow:
        |x, y| square(x, y);
        |f, g| Some(Value::float(slow::float_pow(f, g)));
    bit_and, other_bit_and = slow::bit_and: |x, y| Some(Value::int(x & y)); |_f, _g| None;
    bit_or, other_bit_or = slow::bit_or: |x, y| Some(Value::int(x | y)); |_f, _g| None;
    bit_xor, other_bit_xor = slow::bit_xor: |x, y| Some(Value::int(x ^ y)); |_f, _g| None;
    shl, other_shl = slow::shl: |x, y| shift_left(x, y); |_f, _g| None;
    shr, other_shr = slow::shr:
        |x, y| y.below(Red::green(64)).then(|| Value::int(x >> y));
        |_f, _g| None;
}

#[inline(always)]
fn divide_ints<M: Mode>(x: Red<M, i64>, y: Red<M, i64>) -> Option<Value<M>> {
    let (f, g) = (exact(x)?, exact(y)?);
    (y != 0).then(|| Value::float(f / g))
}

/// `x ** 2`; other powers of ints are for the slow way.
#[inline(always)]
fn square<M: Mode>(x: Red<M, i64>, y: Red<M, i64>) -> Option<Value<M>> {
    if y != 2 {
        return None;
    }
    x.checked_mul(x).map(Value::int)
}

#[inline(always)]
fn shift_left<M: Mode>(x: Red<M, i64>, y: Red<M, i64>) -> Option<Value<M>> {
    if !y.below(Red::green(63)) {
        return None;
    }
    let shifted = x << y;
    (shifted >> y == x).then(|| Value::int(shifted))
}

/// `-a`
#[inline(always)]
pub(super) fn neg<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    frame: Frame<M, Mini>,
    d: Slot,
    a: Value<M>,
) -> Result<()> {
    if let Some(x) = a.as_int() {
        if let Some(result) = Red::green(0).checked_sub(x) {
            frame.set(d, Value::int(result));
            return Ok(());
        }
    } else if let Some(x) = a.as_float() {
        frame.set(d, Value::float(-x));
        return Ok(());
    }
    slow_neg(cx, frame, d, a)
}

#[cold]
#[inline(never)]
fn slow_neg<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    frame: Frame<M, Mini>,
    d: Slot,
    a: Value<M>,
) -> Result<()> {
    let result = slow::neg(cx, a)?;
    frame.set(d, result);
    Ok(())
}

/// `~a`
#[inline(always)]
pub(super) fn bit_not<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    frame: Frame<M, Mini>,
    d: Slot,
    a: Value<M>,
) -> Result<()> {
    let result = match a.as_int() {
        Some(x) => Value::int(!x),
        None => slow::bit_not(cx, a)?,
    };
    frame.set(d, result);
    Ok(())
}
