//! Objects: fields by name in the order of insertion, by the framework's hidden classes.
//!
//! The word of a root shape is the number of the class, 0 for objects without one. Error objects are
//! plain objects with three fields.

use holloway::{Gc, Symbol, Val};

pub use holloway::Instance as Object;

use super::class::Class;
use super::text::{Str, StrExt};
use crate::error::{Error, Failure, Result};
use crate::host::Host;

/// An object without fields; `class` is the number of its class, 0 for none.
pub fn new(host: &mut Host, class: i64) -> Result<Gc<Object>> {
    let root = host.root_shape(class);
    Ok(host.heap.new_instance(root)?)
}

/// The class of an object.
#[inline]
pub fn class_of(host: &Host, object: Gc<Object>) -> Option<Gc<Class>> {
    host.class(object.shape().word() as i64)
}

/// The value of a field.
#[inline]
pub fn get(object: Gc<Object>, symbol: Symbol) -> Option<Val> {
    object.property(symbol)
}

/// The value of a field whose name is known as text.
pub fn get_text(host: &Host, object: Gc<Object>, key: &str) -> Option<Val> {
    object.property(host.heap.find_symbol(key)?)
}

/// Changes or adds a field.
pub fn set(host: &mut Host, object: Gc<Object>, symbol: Symbol, value: Val) -> Result<()> {
    object.set_property(&mut host.heap, symbol, value)?;
    Ok(())
}

/// Removes a field; false if it is not there.
pub fn remove(host: &mut Host, object: Gc<Object>, key: &str) -> Result<bool> {
    match host.heap.find_symbol(key) {
        Some(symbol) => Ok(object.delete_property(&mut host.heap, symbol)?),
        None => Ok(false),
    }
}

/// Makes an error object.
pub fn error(host: &mut Host, kind: Val, message: Val, line: i64) -> Result<Val> {
    let object = new(host, 0)?;
    let symbols = host.symbols;
    set(host, object, symbols.kind, kind)?;
    set(host, object, symbols.message, message)?;
    set(host, object, symbols.line, Val::int(line))?;
    Ok(Val::object(object))
}

/// The kind and the message of a value that is an error object.
pub fn as_error(host: &Host, value: Val) -> Option<(&str, &str)> {
    let object = value.cast::<Object>().filter(|o| o.shape().word() == 0)?;
    let text = |symbol| Some(object.property(symbol)?.cast::<Str>()?.as_str(&host.heap));
    object.property(host.symbols.line)?.as_int()?;
    Some((text(host.symbols.kind)?, text(host.symbols.message)?))
}

/// What a `catch` gets of an error.
///
/// # Errors
/// The error itself, if no `catch` takes it.
pub fn caught(host: &mut Host, error: Error) -> Result<Val> {
    let (kind, message) = match error.failure() {
        Failure::Error { kind, message } => (kind.text(), message.as_str()),
        Failure::Thrown(value) => return Ok(*value),
        _ => return Err(error),
    };
    let line = error.origin().map_or(0, |place| host.line(place));
    let make = |host: &mut Host| {
        let (kind, message) = (host.name(kind)?, host.string(message)?);
        self::error(host, kind, message, line)
    };
    make(host).or_else(|_| {
        // There is no room left: an error object is small, and the program is about to drop something.
        host.heap.set_limit(usize::MAX);
        let made = make(host);
        host.heap.set_limit(host.heap_limit);
        made
    })
}
