//! What instructions do rarely: numbers that are no words, errors. Traces call these functions;
//! they do not look into them.

use holloway::{Runtime, Val, residual};

use super::language::Lisp;
use crate::error::{Error, Result};
use crate::machine::Machine;
use crate::number::{self, Num, Rounding};
use crate::value::{equal, numeric};

/// A number, or an error.
pub(crate) fn number(machine: &Machine, who: &str, value: Val) -> Result<Num> {
    numeric::to_num(&machine.heap, value).ok_or_else(|| Error::wrong_type(who, "a number", value))
}

/// The value of a number.
pub(crate) fn value_of(machine: &mut Machine, number: &Num) -> Result<Val> {
    Ok(numeric::from_num(&mut machine.heap, number)?)
}

macro_rules! operators {
    ($($name:ident $text:literal = |$a:ident, $b:ident| $result:expr;)*) => {
        $(#[residual(reads)]
        pub(crate) fn $name(rt: &mut Runtime<Lisp>, a: Val, b: Val) -> Result<Val> {
            let ($a, $b) = (number(&rt.host, $text, a)?, number(&rt.host, $text, b)?);
            let result: Num = $result?;
            value_of(&mut rt.host, &result)
        })*
    };
}

operators! {
    add "+" = |a, b| number::add(&a, &b);
    sub "-" = |a, b| number::sub(&a, &b);
    mul "*" = |a, b| number::mul(&a, &b);
    divide "/" = |a, b| number::div(&a, &b);
    quotient "quotient" = |a, b| number::euclid(&a, &b, Rounding::Truncate).map(|r| r.0);
    remainder "remainder" = |a, b| number::euclid(&a, &b, Rounding::Truncate).map(|r| r.1);
    modulo "modulo" = |a, b| number::euclid(&a, &b, Rounding::Floor).map(|r| r.1);
}

/// A real number, or an error.
fn real(machine: &Machine, who: &str, value: Val) -> Result<Num> {
    match number(machine, who, value)? {
        Num::Complex(_) => Err(Error::wrong_type(who, "a real number", value)),
        real => Ok(real),
    }
}

/// `a = b`
#[residual(reads)]
pub(crate) fn num_eq(rt: &mut Runtime<Lisp>, a: Val, b: Val) -> Result<bool> {
    let (a, b) = (number(&rt.host, "=", a)?, number(&rt.host, "=", b)?);
    Ok(number::equal(&a, &b))
}

/// `a < b`
#[residual(reads)]
pub(crate) fn num_lt(rt: &mut Runtime<Lisp>, a: Val, b: Val) -> Result<bool> {
    let (a, b) = (real(&rt.host, "<", a)?, real(&rt.host, "<", b)?);
    Ok(number::compare(&a, &b) == Some(std::cmp::Ordering::Less))
}

/// `a <= b`
#[residual(reads)]
pub(crate) fn num_le(rt: &mut Runtime<Lisp>, a: Val, b: Val) -> Result<bool> {
    let (a, b) = (real(&rt.host, "<=", a)?, real(&rt.host, "<=", b)?);
    Ok(matches!(
        number::compare(&a, &b),
        Some(std::cmp::Ordering::Less | std::cmp::Ordering::Equal)
    ))
}

/// `eqv?`
#[residual(reads)]
pub(crate) fn eqv(rt: &mut Runtime<Lisp>, a: Val, b: Val) -> Result<bool> {
    Ok(equal::eqv(&rt.host.heap, a, b))
}

/// `a = 0`
#[residual(reads)]
pub(crate) fn is_zero(rt: &mut Runtime<Lisp>, a: Val) -> Result<bool> {
    Ok(number::is_zero(&number(&rt.host, "zero?", a)?))
}
