//! Taking arguments of the types a built-in wants.

use holloway::{Array, Gc, Val};

use crate::error::{Error, Result};
use crate::host::Host;
use crate::value::text::{Str, StrExt};
use crate::value::type_name;

/// The `type` error of a built-in that does not take such a value.
#[cold]
pub(super) fn wrong_type(function: &str, wanted: &str, given: Val) -> Error {
    Error::wrong_type(format!("{function} takes {wanted}, not {}", type_name(given)))
}

/// An array.
pub(super) fn array(function: &str, value: Val) -> Result<Gc<Array>> {
    value.cast().ok_or_else(|| wrong_type(function, "an array", value))
}

/// A string.
pub(super) fn string(function: &str, value: Val) -> Result<Gc<Str>> {
    value.cast().ok_or_else(|| wrong_type(function, "a string", value))
}

/// The content of a string.
pub(super) fn text<'h>(host: &'h Host, function: &str, value: Val) -> Result<&'h str> {
    Ok(string(function, value)?.as_str(&host.heap))
}
