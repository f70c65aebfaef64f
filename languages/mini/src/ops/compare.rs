//! Comparisons: `==` of any values; order of two numbers or of two strings.

use std::cmp::Ordering;

use holloway::Val;

use super::wrong_operands;
use crate::error::Result;
use crate::host::Host;
use crate::value::text::{Str, StrExt};
use crate::value::{is_number, number};

/// `a == b`
pub fn equal(host: &Host, a: Val, b: Val) -> bool {
    crate::value::equal(&host.heap, a, b)
}

/// How two numbers or two strings are ordered; `Ok(None)` if one is NaN.
fn order(host: &Host, op: &str, a: Val, b: Val) -> Result<Option<Ordering>> {
    if let (Some(a), Some(b)) = (a.as_int(), b.as_int()) {
        return Ok(Some(a.cmp(&b)));
    }
    if is_number(a) && is_number(b) {
        return Ok(number::compare(&host.heap, a, b));
    }
    match (a.cast::<Str>(), b.cast::<Str>()) {
        // The order of UTF-8 is that of the characters.
        (Some(a), Some(b)) => Ok(Some(a.as_bytes(&host.heap).cmp(b.as_bytes(&host.heap)))),
        _ => Err(wrong_operands(op, a, b)),
    }
}

/// `a < b`
pub fn lt(host: &Host, a: Val, b: Val) -> Result<bool> {
    Ok(order(host, "<", a, b)?.is_some_and(Ordering::is_lt))
}

/// `a <= b`
pub fn le(host: &Host, a: Val, b: Val) -> Result<bool> {
    Ok(order(host, "<=", a, b)?.is_some_and(Ordering::is_le))
}

/// `a > b`
pub fn gt(host: &Host, a: Val, b: Val) -> Result<bool> {
    Ok(order(host, ">", a, b)?.is_some_and(Ordering::is_gt))
}

/// `a >= b`
pub fn ge(host: &Host, a: Val, b: Val) -> Result<bool> {
    Ok(order(host, ">=", a, b)?.is_some_and(Ordering::is_ge))
}
