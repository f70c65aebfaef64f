//! Comparisons and truth.
//!
//! An answer that is jumped on is an ordinary `bool`, with a guard; one that is kept is a red value, without.

use holloway::{Cx, Gc, Mode, Red, Tag, Value};

use super::arith::exact;
use super::language::Mini;
use super::slow;
use crate::error::Result;
use crate::value::{Str, big, text};

/// If a value is true: only nil and false are not.
#[inline(always)]
pub(super) fn is_true<M: Mode>(value: Value<M>) -> bool {
    match value.as_bool() {
        Some(truth) => truth.test(),
        None => value.tag() != Tag::NIL,
    }
}

/// `not value`
#[inline(always)]
pub(super) fn not<M: Mode>(value: Value<M>) -> Value<M> {
    match value.as_bool() {
        Some(truth) => Value::bool(!truth),
        None => Value::bool(Red::green(value.tag() == Tag::NIL)),
    }
}

/// Two numbers as floats, if comparing those is comparing the numbers.
#[inline(always)]
fn comparable<M: Mode>(a: Value<M>, b: Value<M>) -> Option<(Red<M, f64>, Red<M, f64>)> {
    let to_float = |v: Value<M>| match v.as_float() {
        Some(float) => Some(float),
        None => exact(v.as_int()?),
    };
    Some((to_float(a)?, to_float(b)?))
}

macro_rules! orders {
    ($($name:ident, $slow:ident:
        |$x:ident, $y:ident| $compare:expr; |$cx:ident, $s:ident, $t:ident| $texts:expr;)*) => {
        $(
            #[inline(always)]
            pub(super) fn $name<M: Mode>(
                cx: &mut Cx<'_, M, Mini>,
                a: Value<M>,
                b: Value<M>,
            ) -> Result<Red<M, bool>> {
                if let (Some($x), Some($y)) = (a.as_int(), b.as_int()) {
                    return Ok($compare);
                }
                if let Some(($x, $y)) = comparable(a, b) {
                    return Ok($compare);
                }
                $slow(cx, a, b)
            }

            #[cold]
            #[inline(never)]
            fn $slow<M: Mode>(
                $cx: &mut Cx<'_, M, Mini>,
                a: Value<M>,
                b: Value<M>,
            ) -> Result<Red<M, bool>> {
                if let (Some($s), Some($t)) = (a.cast::<Str>(), b.cast::<Str>()) {
                    return Ok($texts);
                }
                slow::$name($cx, a, b)
            }
        )*
    };
}

orders! {
    lt, slow_lt: |x, y| x.lt_value(y); |cx, s, t| text_below(cx, s, t);
    le, slow_le: |x, y| x.le_value(y); |cx, s, t| !text_below(cx, t, s);
    gt, slow_gt: |x, y| y.lt_value(x); |cx, s, t| text_below(cx, t, s);
    ge, slow_ge: |x, y| y.le_value(x); |cx, s, t| !text_below(cx, s, t);
}

/// `a == b`
#[inline(always)]
pub(super) fn equal<M: Mode>(cx: &mut Cx<'_, M, Mini>, a: Value<M>, b: Value<M>) -> Red<M, bool> {
    if let (Some(x), Some(y)) = (a.as_int(), b.as_int()) {
        return x.eq_value(y);
    }
    if let Some((x, y)) = comparable(a, b) {
        return x.eq_value(y);
    }
    slow_equal(cx, a, b)
}

#[inline(never)]
fn slow_equal<M: Mode>(cx: &mut Cx<'_, M, Mini>, a: Value<M>, b: Value<M>) -> Red<M, bool> {
    if let (Some(a), Some(b)) = (a.cast::<Str>(), b.cast::<Str>()) {
        return same_text(cx, a, b);
    }
    let is_number = |tag| matches!(tag, Tag::INT | Tag::FLOAT | big::TAG);
    match (a.tag(), b.tag()) {
        (s, t) if is_number(s) && is_number(t) => slow::equal(cx, a, b),
        (s, t) if s == t => Red::green(a.same(b)),
        _ => Red::green(false),
    }
}

/// `a == b` of two strings. Short ones, as literals often are, are compared here.
#[inline(always)]
fn same_text<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    a: Red<M, Gc<Str>>,
    b: Red<M, Gc<Str>>,
) -> Red<M, bool> {
    let length = b.len();
    if length.below(Red::green(text::SHORT as i64)) {
        if a.len() != length {
            return Red::green(false);
        }
        return a.head(Str::BYTES).eq_value(b.head(Str::BYTES));
    }
    if a.get(Str::CHARS) != b.get(Str::CHARS) {
        return Red::green(false);
    }
    slow::same_text(cx, a, b)
}

/// `a < b` of two strings. Characters of one byte are compared here.
fn text_below<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    a: Red<M, Gc<Str>>,
    b: Red<M, Gc<Str>>,
) -> Red<M, bool> {
    if a.len() == 1 && b.len() == 1 {
        return a.head(Str::BYTES).lt_value(b.head(Str::BYTES));
    }
    slow::text_below(cx, a, b)
}
