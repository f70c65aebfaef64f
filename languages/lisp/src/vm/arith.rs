//! Arithmetic and comparison: fast ways for words and doubles. Other numbers and errors are `slow`.
//!
//! Every function puts its result into slot `d`. The slow ways are functions of their own that
//! write the slot themselves: a result that came back from them through memory would slow the fast
//! way down.

use holloway::{Cx, Frame, Mode, Red, Value};

use super::language::Lisp;
use super::op::{Cmp, Slot};
use super::slow;
use crate::error::Result;

/// A word or a double as a double.
#[inline(always)]
pub(super) fn to_float<M: Mode>(value: Value<M>) -> Option<Red<M, f64>> {
    match value.as_float() {
        Some(float) => Some(float),
        None => value.as_int().map(Red::<M, i64>::to_float),
    }
}

/// At least one of two numbers is a double, the other one a double or a word.
#[inline(always)]
fn floats<M: Mode>(a: Value<M>, b: Value<M>) -> Option<(Red<M, f64>, Red<M, f64>)> {
    Some((to_float(a)?, to_float(b)?))
}

/// `$slow` is `$call` as a function of its own.
macro_rules! out_of_line {
    ($slow:ident = $call:path) => {
        #[cold]
        #[inline(never)]
        fn $slow<M: Mode>(
            cx: &mut Cx<'_, M, Lisp>,
            frame: Frame<M, Lisp>,
            d: Slot,
            a: Value<M>,
            b: Value<M>,
        ) -> Result<()> {
            let result = $call(cx, a, b)?;
            frame.set(d, result);
            Ok(())
        }
    };
}

/// `$name` with the way for words and the way for doubles given; both are `Option`s of the result. `$slow` is for other
/// operands, and for those without such a result.
macro_rules! arithmetic {
    ($($name:ident, $slow:ident = $call:path: |$x:ident, $y:ident| $int:expr; |$f:ident, $g:ident| $float:expr;)*) => {
        $(
            #[inline(always)]
            pub(super) fn $name<M: Mode>(
                cx: &mut Cx<'_, M, Lisp>,
                frame: Frame<M, Lisp>,
                d: Slot,
                a: Value<M>,
                b: Value<M>,
            ) -> Result<()> {
                if let (Some($x), Some($y)) = (a.as_int(), b.as_int()) {
                    if let Some(result) = $int {
                        frame.set(d, Value::int(result));
                        return Ok(());
                    }
                } else if let Some(($f, $g)) = floats(a, b)
                    && let Some(result) = $float
                {
                    frame.set(d, Value::float(result));
                    return Ok(());
                }
                $slow(cx, frame, d, a, b)
            }

            out_of_line!($slow = $call);
        )*
    };
}

arithmetic! {
    add, slow_add = slow::add: |x, y| x.checked_add(y); |f, g| Some(f + g);
    sub, slow_sub = slow::sub: |x, y| x.checked_sub(y); |f, g| Some(f - g);
    mul, slow_mul = slow::mul: |x, y| x.checked_mul(y); |f, g| Some(f * g);
    // A fraction for words that do not divide, and an error for an exact zero below a double.
    divide, slow_divide = slow::divide: |x, y| exact_quotient(x, y); |f, g| (g != 0.0).then(|| f / g);
    quotient, slow_quotient = slow::quotient: |x, y| x.checked_div(y); |_f, _g| None;
    remainder, slow_remainder = slow::remainder: |x, y| x.checked_rem(y); |_f, _g| None;
    modulo, slow_modulo = slow::modulo: |x, y| x.checked_floormod(y); |_f, _g| None;
}

/// `a / b`, if it is whole.
#[inline(always)]
fn exact_quotient<M: Mode>(a: Red<M, i64>, b: Red<M, i64>) -> Option<Red<M, i64>> {
    let rest = a.checked_rem(b)?;
    if rest == 0 { a.checked_div(b) } else { None }
}

/// `a cmp b`, as a value.
#[inline(always)]
pub(super) fn compare<M: Mode>(
    cx: &mut Cx<'_, M, Lisp>,
    cmp: Cmp,
    a: Value<M>,
    b: Value<M>,
) -> Result<Red<M, bool>> {
    match cmp {
        Cmp::Same => return Ok(Red::green(a.same(b))),
        Cmp::Eqv => return Ok(eqv(cx, a, b)),
        _ => {}
    }
    if let (Some(x), Some(y)) = (a.as_int(), b.as_int()) {
        return Ok(match cmp {
            Cmp::Eq => x.eq_value(y),
            Cmp::Lt => x.lt_value(y),
            Cmp::Le => x.le_value(y),
            Cmp::Gt => y.lt_value(x),
            _ => y.le_value(x),
        });
    }
    if let (Some(x), Some(y)) = (a.as_float(), b.as_float()) {
        return Ok(match cmp {
            Cmp::Eq => x.eq_value(y),
            Cmp::Lt => x.lt_value(y),
            Cmp::Le => x.le_value(y),
            Cmp::Gt => y.lt_value(x),
            _ => y.le_value(x),
        });
    }
    match cmp {
        Cmp::Eq => slow::num_eq(cx, a, b),
        Cmp::Lt => slow::num_lt(cx, a, b),
        Cmp::Le => slow::num_le(cx, a, b),
        Cmp::Gt => slow::num_lt(cx, b, a),
        _ => slow::num_le(cx, b, a),
    }
}

/// `eqv?`: as `eq?` but for numbers that are objects.
#[inline(always)]
fn eqv<M: Mode>(cx: &mut Cx<'_, M, Lisp>, a: Value<M>, b: Value<M>) -> Red<M, bool> {
    use crate::value::object::{BIG, COMPLEX, RATIO};
    match a.tag() {
        holloway::Tag::FLOAT | BIG | RATIO | COMPLEX => {
            slow::eqv(cx, a, b).unwrap_or(Red::green(false))
        }
        _ => Red::green(a.same(b)),
    }
}
