//! Functions of strings.

use holloway::{Array, Heap, Val};

use super::Caller;
use super::arguments::{array, string, text, wrong_type};
use crate::error::{Error, Result};
use crate::host::Host;
use crate::value::is_number;
use crate::value::show::append_text;
use crate::value::text::{self as strings, StrExt};

pub(super) fn upper(host: &mut Host, arguments: &[Val]) -> Result<Val> {
    let upper = text(host, "upper", arguments[0])?.to_uppercase();
    host.string(&upper)
}

pub(super) fn lower(host: &mut Host, arguments: &[Val]) -> Result<Val> {
    let lower = text(host, "lower", arguments[0])?.to_lowercase();
    host.string(&lower)
}

pub(super) fn trim(host: &mut Host, arguments: &[Val]) -> Result<Val> {
    let trimmed = text(host, "trim", arguments[0])?.trim().to_owned();
    host.string(&trimmed)
}

pub(super) fn split(host: &mut Host, arguments: &[Val]) -> Result<Val> {
    let (string, separator) = (string("split", arguments[0])?, string("split", arguments[1])?);
    let parts = host.heap.new_array(0)?;
    if let [byte] = *separator.as_bytes(&host.heap) {
        let push = |heap: &mut Heap, part| parts.push(heap, Val::object(part));
        strings::split(&mut host.heap, string, byte, push)?;
        return Ok(Val::object(parts));
    }
    let whole = string.as_str(&host.heap).to_owned();
    let separator = separator.as_str(&host.heap).to_owned();
    if separator.is_empty() {
        for character in whole.chars() {
            let part = host.character(character)?;
            parts.push(&mut host.heap, part)?;
        }
    } else {
        for part in whole.split(&*separator) {
            let part = host.string(part)?;
            parts.push(&mut host.heap, part)?;
        }
    }
    Ok(Val::object(parts))
}

pub(super) fn join(caller: &mut dyn Caller, arguments: &[Val]) -> Result<Val> {
    array("join", arguments[0])?;
    let host = caller.host();
    let separator = text(host, "join", arguments[1])?.to_owned();
    let parts = host.keep(arguments[0]);
    let mut joined = String::new();
    // A `str` method may change the array meanwhile: it is read while it goes.
    for index in 0.. {
        let host = caller.host();
        let Some(part) = host.kept(parts).cast::<Array>().and_then(|a| a.load(index)) else {
            break;
        };
        host.check_room(joined.len())?;
        if index > 0 {
            joined.push_str(&separator);
        }
        append_text(caller, part, &mut joined)?;
    }
    caller.host().string(&joined)
}

pub(super) fn replace(host: &mut Host, arguments: &[Val]) -> Result<Val> {
    let whole = text(host, "replace", arguments[0])?;
    let old = text(host, "replace", arguments[1])?;
    let new = text(host, "replace", arguments[2])?;
    if old.is_empty() {
        return Err(Error::value("replace takes no empty string to replace"));
    }
    let grows = new.len().saturating_sub(old.len());
    if grows > 0 {
        let count = whole.matches(old).count();
        host.check_room(whole.len().saturating_add(count.saturating_mul(grows)))?;
    }
    let replaced = whole.replace(old, new);
    host.string(&replaced)
}

pub(super) fn ord(host: &mut Host, arguments: &[Val]) -> Result<Val> {
    let string = string("ord", arguments[0])?;
    let mut characters = string.as_str(&host.heap).chars();
    match (characters.next(), characters.next()) {
        (Some(character), None) => Ok(Val::int(i64::from(u32::from(character)))),
        _ => {
            let count = string.char_count();
            Err(Error::value(format!("ord takes one character, not a string of {count}")))
        }
    }
}

pub(super) fn chr(host: &mut Host, arguments: &[Val]) -> Result<Val> {
    let value = arguments[0];
    let character = match value.as_int() {
        Some(int) => u32::try_from(int).ok().and_then(char::from_u32),
        None if is_number(value) && value.as_float().is_none() => None,
        None => return Err(wrong_type("chr", "an int", value)),
    };
    match character {
        Some(character) => host.character(character),
        None => Err(Error::value("chr takes the number of a Unicode scalar value")),
    }
}
