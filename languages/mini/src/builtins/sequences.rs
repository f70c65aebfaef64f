//! Functions of strings and arrays alike.

use holloway::{Array, Gc, Val};

use super::arguments::{self, wrong_type};
use super::objects;
use crate::error::{Error, Result};
use crate::host::Host;
use crate::ops::index;
use crate::value::text::{self as strings, Str, StrExt};
use crate::value::{big, equal};

pub(super) fn len(_: &mut Host, arguments: &[Val]) -> Result<Val> {
    let value = arguments[0];
    if let Some(array) = value.cast::<Array>() {
        return Ok(Val::int(array.count() as i64));
    }
    match value.cast::<Str>() {
        Some(string) => Ok(Val::int(string.char_count() as i64)),
        None => match objects::len(value) {
            Some(count) => Ok(Val::int(count as i64)),
            None => Err(wrong_type("len", "a string, an array, an object or a map", value)),
        },
    }
}

/// The position of the first element, or the first substring, that is equal to a value.
fn position(host: &mut Host, function: &str, whole: Val, part: Val) -> Result<Option<usize>> {
    if let Some(array) = whole.cast::<Array>() {
        let found = |i: &usize| array.load(*i).is_some_and(|e| equal(&host.heap, e, part));
        return Ok((0..array.count()).find(found));
    }
    let Some(string) = whole.cast::<Str>() else {
        return Err(wrong_type(function, "a string or an array", whole));
    };
    let part = arguments::string(function, part)?;
    Ok(strings::find(&host.heap, string, part))
}

pub(super) fn contains(host: &mut Host, arguments: &[Val]) -> Result<Val> {
    let found = position(host, "contains", arguments[0], arguments[1])?;
    Ok(Val::bool(found.is_some()))
}

pub(super) fn find(host: &mut Host, arguments: &[Val]) -> Result<Val> {
    let found = position(host, "find", arguments[0], arguments[1])?;
    Ok(Val::int(found.map_or(-1, |at| at as i64)))
}

/// A position of `slice`: negative ones count from the end, then it is brought into the value.
fn clamped(host: &Host, position: Val, length: usize) -> Result<usize> {
    let length = length as i64;
    let at = match index::word(position, "a position of slice")? {
        Some(at) if at < 0 => at.saturating_add(length).max(0),
        Some(at) => at.min(length),
        None => match big::to_ibig(&host.heap, position) {
            Some(large) if large > dashu_int::IBig::ZERO => length,
            _ => 0,
        },
    };
    Ok(at as usize)
}

pub(super) fn slice(host: &mut Host, arguments: &[Val]) -> Result<Val> {
    let value = arguments[0];
    let (string, array) = (value.cast::<Str>(), value.cast::<Array>());
    let length = match (string, array) {
        (Some(string), _) => string.char_count(),
        (_, Some(array)) => array.count(),
        _ => return Err(wrong_type("slice", "a string or an array", value)),
    };
    let from = clamped(host, arguments[1], length)?;
    let to = clamped(host, arguments[2], length)?.max(from);
    match (string, array) {
        (Some(string), _) => Ok(Val::object(strings::slice(&mut host.heap, string, from, to)?)),
        (_, Some(array)) => Ok(Val::object(part(host, array, from, to)?)),
        _ => Err(Error::wrong_type("slice takes a string or an array")),
    }
}

/// The elements `from..to` as an array of their own.
fn part(host: &mut Host, array: Gc<Array>, from: usize, to: usize) -> Result<Gc<Array>> {
    let part = host.heap.new_array(to - from)?;
    for index in from..to {
        if let Some(element) = array.load(index) {
            part.push(&mut host.heap, element)?;
        }
    }
    Ok(part)
}

pub(super) fn copy(host: &mut Host, arguments: &[Val]) -> Result<Val> {
    match arguments[0].cast::<Array>() {
        Some(array) => Ok(Val::object(part(host, array, 0, array.count())?)),
        None => objects::copy(host, arguments[0]),
    }
}
