//! Functions of numbers. Those that take any number and give a float are those of C's library.

use std::cmp::Ordering;

use holloway::{Array, Val};

use super::arguments::wrong_type;
use super::convert::float_to_int;
use crate::error::{Error, Result};
use crate::host::Host;
use crate::ops::{arith, compare};
use crate::value::number::{self, Number};
use crate::value::text::Str;
use crate::value::{is_number, type_name};

fn argument(host: &Host, function: &str, value: Val) -> Result<f64> {
    number::to_f64(&host.heap, value).ok_or_else(|| wrong_type(function, "a number", value))
}

macro_rules! float_functions {
    ($($name:ident: $rust:ident),*) => {
        $(pub(super) fn $name(host: &mut Host, arguments: &[Val]) -> Result<Val> {
            Ok(Val::float(argument(host, stringify!($name), arguments[0])?.$rust()))
        })*
    };
}

float_functions!(sqrt: sqrt, sin: sin, cos: cos, tan: tan, exp: exp, log: ln);

pub(super) fn atan2(host: &mut Host, arguments: &[Val]) -> Result<Val> {
    let y = argument(host, "atan2", arguments[0])?;
    let x = argument(host, "atan2", arguments[1])?;
    Ok(Val::float(y.atan2(x)))
}

pub(super) fn pow(host: &mut Host, arguments: &[Val]) -> Result<Val> {
    arith::pow(host, arguments[0], arguments[1])
}

fn to_int(host: &mut Host, function: &str, value: Val, how: fn(f64) -> f64) -> Result<Val> {
    match value.as_float() {
        Some(float) => float_to_int(host, how(float), function),
        None if is_number(value) => Ok(value),
        None => Err(wrong_type(function, "a number", value)),
    }
}

pub(super) fn floor(host: &mut Host, arguments: &[Val]) -> Result<Val> {
    to_int(host, "floor", arguments[0], f64::floor)
}

pub(super) fn ceil(host: &mut Host, arguments: &[Val]) -> Result<Val> {
    to_int(host, "ceil", arguments[0], f64::ceil)
}

pub(super) fn round(host: &mut Host, arguments: &[Val]) -> Result<Val> {
    // Rounds halves away from zero.
    to_int(host, "round", arguments[0], f64::round)
}

pub(super) fn abs(host: &mut Host, arguments: &[Val]) -> Result<Val> {
    let value = arguments[0];
    let negative = match number::number(&host.heap, value) {
        Some(Number::Float(float)) => return Ok(Val::float(float.abs())),
        Some(Number::Int(int)) => int < 0,
        Some(Number::Big(int)) => int < dashu_int::IBig::ZERO,
        None => return Err(wrong_type("abs", "a number", value)),
    };
    if negative { arith::neg(host, value) } else { Ok(value) }
}

pub(super) fn min(host: &mut Host, arguments: &[Val]) -> Result<Val> {
    extreme(host, "min", arguments, Ordering::Less)
}

pub(super) fn max(host: &mut Host, arguments: &[Val]) -> Result<Val> {
    extreme(host, "max", arguments, Ordering::Greater)
}

/// The first of the values that no other one is less (or greater) than.
fn extreme(host: &mut Host, function: &str, arguments: &[Val], wanted: Ordering) -> Result<Val> {
    let values = match arguments {
        [one] => match one.cast::<Array>() {
            Some(array) => array.to_vec(),
            None => return Err(wrong_type(function, "an array, or two or more values", *one)),
        },
        _ => arguments.to_vec(),
    };
    let Some(&first) = values.first() else {
        return Err(Error::value(format!("{function} of an empty array")));
    };
    let text = first.cast::<Str>().is_some();
    for &value in &values {
        let fits = if text { value.cast::<Str>().is_some() } else { is_number(value) };
        if !fits {
            let (a, b) = (type_name(first), type_name(value));
            let message = if a == b { a.to_owned() } else { format!("{a} and {b}") };
            return Err(Error::wrong_type(format!(
                "{function} takes numbers only or strings only, not {message}"
            )));
        }
    }
    let mut best = first;
    for &value in &values[1..] {
        let better = match wanted {
            Ordering::Less => compare::lt(host, value, best)?,
            _ => compare::gt(host, value, best)?,
        };
        if better {
            best = value;
        }
    }
    Ok(best)
}
