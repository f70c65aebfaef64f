//! `a[i]` and `a[i] = v`.

use holloway::{Array, Val};

use crate::builtins::objects;
use crate::error::{Error, Result};
use crate::host::Host;
use crate::value::big::TAG as BIG;
use crate::value::text::{Str, StrExt};
use crate::value::{show, type_name};

/// The position that an index means in something of this length, `None` if it lies outside. A negative
/// index counts from the end.
#[inline]
pub fn position(index: i64, length: usize) -> Option<usize> {
    let length = length as i64;
    let at = if index < 0 { index.checked_add(length)? } else { index };
    (0..length).contains(&at).then_some(at as usize)
}

/// An index as a word. A large int lies outside of everything: it gives `None`.
pub fn word(index: Val, what: &str) -> Result<Option<i64>> {
    match index.as_int() {
        Some(word) => Ok(Some(word)),
        None if index.tag() == BIG => Ok(None),
        None => Err(Error::wrong_type(format!("{what} must be an int, not {}", type_name(index)))),
    }
}

/// The `index` error.
#[cold]
pub fn outside(host: &Host, index: Val, what: &str, length: usize) -> Error {
    let shown = show::plain_repr(host, index);
    let shown = if shown.len() > 40 { "a large index".to_owned() } else { shown };
    Error::index(format!("{shown} is outside of {what} of length {length}"))
}

/// `object[index]`
pub fn get(host: &mut Host, object: Val, index: Val) -> Result<Val> {
    if let Some(array) = object.cast::<Array>() {
        let at = word(index, "the index of an array")?;
        let length = array.count();
        return match at.and_then(|i| position(i, length)).and_then(|at| array.load(at)) {
            Some(element) => Ok(element),
            None => Err(outside(host, index, "an array", length)),
        };
    }
    if let Some(string) = object.cast::<Str>() {
        let at = word(index, "the index of a string")?;
        let length = string.char_count();
        let Some(at) = at.and_then(|i| position(i, length)) else {
            return Err(outside(host, index, "a string", length));
        };
        return character(host, string, at);
    }
    match objects::index(host, object, index) {
        Some(found) => found,
        None => Err(Error::wrong_type(format!("{} cannot be indexed", type_name(object)))),
    }
}

/// The character at a position within a string, as a string.
pub fn character(host: &mut Host, string: holloway::Gc<Str>, at: usize) -> Result<Val> {
    let start = string.byte_index(&mut host.heap, at);
    let first = string.as_bytes(&host.heap)[start];
    if first.is_ascii() {
        return host.character(char::from(first));
    }
    Ok(Val::object(crate::value::text::slice(&mut host.heap, string, at, at + 1)?))
}

/// `object[index] = value`
pub fn set(host: &mut Host, object: Val, index: Val, value: Val) -> Result<()> {
    let Some(array) = object.cast::<Array>() else {
        if let Some(result) = objects::set_index(host, object, index, value) {
            return result;
        }
        let message = if object.cast::<Str>().is_some() {
            "strings cannot be changed".to_owned()
        } else {
            format!("{} cannot be indexed", type_name(object))
        };
        return Err(Error::wrong_type(message));
    };
    let at = word(index, "the index of an array")?;
    let length = array.count();
    match at.and_then(|i| position(i, length)) {
        Some(at) => {
            array.store(&mut host.heap, at, value)?;
            Ok(())
        }
        None => Err(outside(host, index, "an array", length)),
    }
}
