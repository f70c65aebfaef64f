//! `str`, `repr`, `int`, `float`, `type`, `fixed`.

use dashu_int::IBig;
use holloway::Val;

use super::Caller;
use super::arguments::wrong_type;
use crate::error::{Error, Result};
use crate::host::Host;
use crate::ops::index;
use crate::value::big::{check_bits, from_ibig};
use crate::value::number::{self, Number};
use crate::value::text::{Str, StrExt};
use crate::value::{show, type_name};

pub(super) fn str(caller: &mut dyn Caller, arguments: &[Val]) -> Result<Val> {
    if arguments[0].cast::<Str>().is_some() {
        return Ok(arguments[0]);
    }
    repr(caller, arguments)
}

pub(super) fn repr(caller: &mut dyn Caller, arguments: &[Val]) -> Result<Val> {
    let mut text = String::new();
    show::append_repr(caller, arguments[0], &mut text)?;
    caller.host().string(&text)
}

pub(super) fn type_of(host: &mut Host, arguments: &[Val]) -> Result<Val> {
    host.name(type_name(arguments[0]))
}

pub(super) fn int(host: &mut Host, arguments: &[Val]) -> Result<Val> {
    let value = arguments[0];
    if let Some(string) = value.cast::<Str>() {
        if let Some(int) = number::parse_word(string.as_bytes(&host.heap)) {
            return Ok(Val::int(int));
        }
        let text = string.as_str(&host.heap);
        // Longer texts would only be read to be refused.
        check_bits(number::decimal_bits(text.trim().len()) / 11 * 10)?;
        return match number::parse_int(text) {
            Some(int) => from_ibig(&mut host.heap, &int),
            None => Err(not_a_number(host, value, "an int")),
        };
    }
    match value.as_float() {
        Some(float) => float_to_int(host, float, "int"),
        None if crate::value::is_number(value) => Ok(value),
        None => Err(wrong_type("int", "a number or a string", value)),
    }
}

/// A float without its fraction, as an int.
pub(super) fn float_to_int(host: &mut Host, float: f64, function: &str) -> Result<Val> {
    if !float.is_finite() {
        let shown = number::float_text(float);
        return Err(Error::value(format!("{function} of {shown}: there is no such int")));
    }
    if float.abs() < 9.0e18 {
        return Ok(Val::int(float as i64));
    }
    from_ibig(&mut host.heap, &number::float_to_ibig(float))
}

pub(super) fn float(host: &mut Host, arguments: &[Val]) -> Result<Val> {
    let value = arguments[0];
    if let Some(string) = value.cast::<Str>() {
        return match number::parse_float(string.as_str(&host.heap)) {
            Some(float) => Ok(Val::float(float)),
            None => Err(not_a_number(host, value, "a float")),
        };
    }
    match number::to_f64(&host.heap, value) {
        Some(float) => Ok(Val::float(float)),
        None => Err(wrong_type("float", "a number or a string", value)),
    }
}

fn not_a_number(host: &Host, value: Val, what: &str) -> Error {
    let shown: String = show::plain_repr(host, value).chars().take(60).collect();
    Error::value(format!("{shown} is not {what}"))
}

pub(super) fn fixed(host: &mut Host, arguments: &[Val]) -> Result<Val> {
    // A float has no more decimals than this that are not zero.
    const EXACT: usize = 1100;
    let [value, decimals] = [arguments[0], arguments[1]];
    let Some(number) = number::number(&host.heap, value) else {
        return Err(wrong_type("fixed", "a number", value));
    };
    let decimals = match index::word(decimals, "the number of decimals")? {
        Some(..0) => return Err(Error::value("the number of decimals is negative")),
        Some(decimals) if decimals < 1 << 31 => decimals as usize,
        _ => return Err(Error::value("the number of decimals is too large")),
    };
    host.check_room(decimals)?;
    let (mut text, have) = match number {
        Number::Float(float) if !float.is_finite() => {
            return host.string(&number::float_text(float));
        }
        Number::Float(float) => (format!("{float:.*}", decimals.min(EXACT)), EXACT),
        Number::Int(int) => (with_point(&IBig::from(int), decimals), 0),
        Number::Big(int) => (with_point(&int, decimals), 0),
    };
    text.extend(std::iter::repeat_n('0', decimals.saturating_sub(have)));
    host.string(&text)
}

fn with_point(int: &IBig, decimals: usize) -> String {
    let point = if decimals > 0 { "." } else { "" };
    format!("{int}{point}")
}
