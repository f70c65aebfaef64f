//! Arguments of built-ins: of the right type, or an error.

use holloway::{Array, Gc, Val};

use super::Rt;
use crate::error::{Error, Result};
use crate::number::Num;
use crate::symbol::Sym;
use crate::value::{self, Bytes, Pair, Port, Str, list, numeric};

/// A number.
pub(super) fn number(rt: &Rt, who: &str, value: Val) -> Result<Num> {
    numeric::to_num(&rt.host.heap, value).ok_or_else(|| Error::wrong_type(who, "a number", value))
}

/// The value of a number.
pub(super) fn value_of(rt: &mut Rt, number: &Num) -> Result<Val> {
    Ok(numeric::from_num(&mut rt.host.heap, number)?)
}

/// An index, or a size.
pub(super) fn index(who: &str, value: Val) -> Result<usize> {
    match value.as_int().map(usize::try_from) {
        Some(Ok(index)) => Ok(index),
        Some(Err(_)) => Err(Error::range(who, value)),
        None => Err(Error::wrong_type(who, "an index", value)),
    }
}

/// The size of something new.
pub(super) fn size(who: &str, value: Val) -> Result<usize> {
    let size = index(who, value)?;
    if size > 1 << 29 {
        return Err(
            Error::new(crate::error::Kind::Memory, format!("{who}: too large:")).with(value)
        );
    }
    Ok(size)
}

/// The optional arguments `start` and `end` of a sequence of this length.
pub(super) fn range(who: &str, given: &[Val], length: usize) -> Result<(usize, usize)> {
    let end = match given.get(1) {
        Some(end) if *end != value::default_object() => index(who, *end)?,
        _ => length,
    };
    if end > length {
        return Err(Error::range(who, given[1]));
    }
    let start = match given.first() {
        Some(start) => index(who, *start)?,
        None => 0,
    };
    if start > end {
        return Err(Error::range(who, given[0]));
    }
    Ok((start, end))
}

macro_rules! objects {
    ($($name:ident $layout:ty, $text:literal;)*) => {
        $(
            #[doc = $text]
            pub(super) fn $name(who: &str, value: Val) -> Result<Gc<$layout>> {
                value.cast::<$layout>().ok_or_else(|| Error::wrong_type(who, $text, value))
            }
        )*
    };
}

objects! {
    string Str, "a string";
    vector Array, "a vector";
    bytes Bytes, "a bytevector";
    port_object Port, "a port";
}

/// A string that may be changed.
pub(super) fn mutable_string(who: &str, value: Val) -> Result<Gc<Str>> {
    let string = string(who, value)?;
    if string.get(Str::LITERAL) {
        return Err(Error::wrong_type(who, "a string that is no literal", value));
    }
    Ok(string)
}

/// A vector that may be changed.
pub(super) fn mutable_vector(who: &str, value: Val) -> Result<Gc<Array>> {
    let vector = vector(who, value)?;
    if vector.is_frozen() {
        return Err(Error::wrong_type(who, "a vector that is no literal", value));
    }
    Ok(vector)
}

/// A bytevector that may be changed.
pub(super) fn mutable_bytes(who: &str, value: Val) -> Result<Gc<Bytes>> {
    let bytes = bytes(who, value)?;
    if bytes.is_frozen() {
        return Err(Error::wrong_type(who, "a bytevector that is no literal", value));
    }
    Ok(bytes)
}

/// A pair that may be changed.
pub(super) fn mutable_pair(who: &str, value: Val) -> Result<Gc<Pair>> {
    match value.cast::<Pair>() {
        Some(pair) if pair.is_frozen() => {
            Err(Error::wrong_type(who, "a pair that is no literal", value))
        }
        Some(pair) => Ok(pair),
        None => Err(Error::wrong_type(who, "a pair", value)),
    }
}

/// The text of a string.
pub(super) fn text(rt: &Rt, who: &str, value: Val) -> Result<String> {
    use crate::value::StrExt;
    Ok(string(who, value)?.text(&rt.host.heap))
}

/// A character.
pub(super) fn character(who: &str, value: Val) -> Result<char> {
    value::as_char(value).ok_or_else(|| Error::wrong_type(who, "a character", value))
}

/// A symbol.
pub(super) fn symbol(who: &str, value: Val) -> Result<Sym> {
    value::as_symbol(value).ok_or_else(|| Error::wrong_type(who, "a symbol", value))
}

/// A byte.
pub(super) fn byte(who: &str, value: Val) -> Result<u8> {
    match value.as_int() {
        Some(int) => u8::try_from(int).map_err(|_| Error::range(who, value)),
        None => Err(Error::wrong_type(who, "a byte", value)),
    }
}

/// The elements of a list.
pub(super) fn items(who: &str, value: Val) -> Result<Vec<Val>> {
    list::to_vec(value).ok_or_else(|| Error::wrong_type(who, "a list", value))
}
