//! `for` through the keys of an object or a map.

use holloway::{Array, Gc, Val};

use crate::builtins::objects::keys_of;
use crate::error::{Error, Result};
use crate::host::Host;
use crate::value::type_name;

/// The keys that an object or a map has now; an error for what a `for` cannot go through.
pub fn keys(host: &mut Host, value: Val) -> Result<Gc<Array>> {
    let refused = || Error::wrong_type(format!("`for` cannot go through {}", type_name(value)));
    keys_of(host, "for", value).ok().and_then(Val::cast).ok_or_else(refused)
}
