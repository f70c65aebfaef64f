//! Functions of objects, maps and classes.

use holloway::{Array, Gc, Val};

use super::Caller;
use super::arguments::{string, wrong_type};
use crate::error::{Error, Result};
use crate::host::Host;
use crate::ops::field::{key_text, missing, missing_key};
use crate::value::class::{Class, ClassExt};
use crate::value::map::{self, Map, MapExt};
use crate::value::object::{self, Object};

/// An object or a map.
enum Keyed {
    Object(Gc<Object>),
    Map(Gc<Map>),
}

fn keyed(function: &str, value: Val) -> Result<Keyed> {
    if let Some(object) = value.cast() {
        return Ok(Keyed::Object(object));
    }
    match value.cast() {
        Some(map) => Ok(Keyed::Map(map)),
        None => Err(wrong_type(function, "an object or a map", value)),
    }
}

pub(super) fn map(host: &mut Host, _: &[Val]) -> Result<Val> {
    Ok(Val::object(map::new(&mut host.heap)?))
}

/// The value of a key.
fn find(host: &Host, function: &str, whole: Val, key: Val) -> Result<Option<Val>> {
    Ok(match keyed(function, whole)? {
        Keyed::Object(object) => object::get_text(host, object, key_text(host, key)?),
        Keyed::Map(map) => map.load(&host.heap, key),
    })
}

pub(super) fn has(host: &mut Host, arguments: &[Val]) -> Result<Val> {
    Ok(Val::bool(find(host, "has", arguments[0], arguments[1])?.is_some()))
}

pub(super) fn get(host: &mut Host, arguments: &[Val]) -> Result<Val> {
    Ok(find(host, "get", arguments[0], arguments[1])?.unwrap_or(arguments[2]))
}

pub(super) fn delete(host: &mut Host, arguments: &[Val]) -> Result<Val> {
    let key = arguments[1];
    let found = match keyed("delete", arguments[0])? {
        Keyed::Object(object) => {
            let key = key_text(host, key)?.to_owned();
            object::remove(host, object, &key)?
        }
        Keyed::Map(map) => map.remove(&mut host.heap, key),
    };
    Ok(Val::bool(found))
}

pub(super) fn keys(host: &mut Host, arguments: &[Val]) -> Result<Val> {
    keys_of(host, "keys", arguments[0])
}

/// The keys of an object or a map as an array.
pub(crate) fn keys_of(host: &mut Host, function: &str, whole: Val) -> Result<Val> {
    list(host, function, whole, |key, _| key)
}

pub(super) fn values(host: &mut Host, arguments: &[Val]) -> Result<Val> {
    list(host, "values", arguments[0], |_, value| value)
}

fn list(
    host: &mut Host,
    function: &str,
    whole: Val,
    choose: impl Fn(Val, Val) -> Val,
) -> Result<Val> {
    let whole = keyed(function, whole)?;
    let list: Gc<Array> = host.heap.new_array(count(&whole))?;
    match whole {
        Keyed::Map(map) => {
            let mut at = 0;
            while let Some((key, value, next)) = map.next(at) {
                list.push(&mut host.heap, choose(key, value))?;
                at = next;
            }
        }
        Keyed::Object(object) => {
            for symbol in object.keys() {
                let value = object::get(object, symbol).unwrap_or(Val::NIL);
                let key = host.symbol_string(symbol)?;
                list.push(&mut host.heap, choose(key, value))?;
            }
        }
    }
    Ok(Val::object(list))
}

fn count(whole: &Keyed) -> usize {
    match whole {
        Keyed::Object(object) => object.property_count(),
        Keyed::Map(map) => map.count(),
    }
}

/// `len` of what may be an object or a map.
pub(super) fn len(value: Val) -> Option<usize> {
    keyed("len", value).ok().map(|whole| count(&whole))
}

/// `copy` of what may be an object or a map.
pub(super) fn copy(host: &mut Host, value: Val) -> Result<Val> {
    match keyed("copy", value) {
        Ok(Keyed::Object(object)) => Ok(Val::object(object.copy(&mut host.heap)?)),
        Ok(Keyed::Map(map)) => Ok(Val::object(map.duplicate(&mut host.heap)?)),
        Err(_) => Ok(value),
    }
}

/// `whole[key]` of what may be an object or a map.
pub(crate) fn index(host: &Host, whole: Val, key: Val) -> Option<Result<Val>> {
    let found = match keyed("", whole).ok()? {
        Keyed::Map(map) => map.load(&host.heap, key).ok_or_else(|| missing_key(host, key)),
        Keyed::Object(object) => key_text(host, key).and_then(|key| {
            object::get_text(host, object, key).ok_or_else(|| missing(host, object, key))
        }),
    };
    Some(found)
}

/// `whole[key] = value` of what may be an object or a map.
pub(crate) fn set_index(host: &mut Host, whole: Val, key: Val, value: Val) -> Option<Result<()>> {
    Some(match keyed("", whole).ok()? {
        Keyed::Map(map) => map.store(&mut host.heap, key, value).map_err(Error::from),
        Keyed::Object(object) => key_text(host, key).map(str::to_owned).and_then(|key| {
            let symbol = host.heap.symbol(&key);
            object::set(host, object, symbol, value)
        }),
    })
}

pub(super) fn is_a(host: &mut Host, arguments: &[Val]) -> Result<Val> {
    let Some(class) = arguments[1].cast::<Class>() else {
        return Err(wrong_type("is_a", "a class as its second argument", arguments[1]));
    };
    let object = arguments[0].cast::<Object>();
    let own = object.and_then(|o| object::class_of(host, o));
    Ok(Val::bool(own.is_some_and(|own| own.is_below(class))))
}

pub(super) fn error(caller: &mut dyn Caller, arguments: &[Val]) -> Result<Val> {
    let site = caller.site();
    let host = caller.host();
    let [kind, message] = [arguments[0], arguments[1]];
    string("error", kind)?;
    string("error", message)?;
    let line = host.line(site);
    object::error(host, kind, message, line)
}
