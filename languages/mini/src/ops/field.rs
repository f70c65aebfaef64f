//! Fields and methods: `o.k`, `o.k = v`, and what `o.m(..)` and `super.m(..)` call.

use holloway::{Gc, Symbol, Val};

use crate::error::{Error, Kind, Result};
use crate::host::Host;
use crate::value::class::{Bound, Class, ClassExt};
use crate::value::object::{self, Object};
use crate::value::text::{Str, StrExt};
use crate::value::{show, type_name};

/// The object whose field is wanted.
fn object(value: Val) -> Result<Gc<Object>> {
    value.cast().ok_or_else(|| no_fields(value))
}

/// The `type` error of a value that has no fields.
#[cold]
pub fn no_fields(value: Val) -> Error {
    Error::wrong_type(format!("{} has no fields", type_name(value)))
}

/// The `key` error of an object that has no such field or method.
#[cold]
pub fn missing(host: &Host, object: Gc<Object>, key: &str) -> Error {
    let key = show::brief_text(key);
    let message = match object::class_of(host, object) {
        Some(class) => format!("{} has no field or method {key}", class.name(host)),
        None => format!("the object has no field {key}"),
    };
    Error::new(Kind::Key, message)
}

/// The `key` error of `super` when no base has such a method.
#[cold]
pub fn missing_super(host: &Host, class: Val, symbol: Symbol) -> Error {
    let name = host.heap.symbol_text(symbol);
    let class = class.cast::<Class>().map_or("the base", |c| c.name(host));
    Error::new(Kind::Key, format!("{class} has no method `{name}`"))
}

/// The `key` error of a map.
#[cold]
pub fn missing_key(host: &Host, key: Val) -> Error {
    Error::new(Kind::Key, format!("the map has no key {}", show::brief(host, key)))
}

/// `value.name`: a field, else a method bound to the object.
pub fn get(host: &mut Host, value: Val, symbol: Symbol) -> Result<Val> {
    let object = object(value)?;
    if let Some(field) = object::get(object, symbol) {
        return Ok(field);
    }
    match object::class_of(host, object).and_then(|c| c.method(host, symbol)) {
        Some(method) => bind(host, method, value),
        None => Err(missing(host, object, host.heap.symbol_text(symbol))),
    }
}

/// `value.name = new`
pub fn set(host: &mut Host, value: Val, symbol: Symbol, new: Val) -> Result<()> {
    let object = object(value)?;
    object::set(host, object, symbol, new)
}

/// What `value.name(..)` calls.
pub enum Callee {
    /// The value of a field.
    Field(Val),
    /// A method of the object's class.
    Method(Val),
}

/// Finds what `value.name(..)` calls.
pub fn callee(host: &mut Host, value: Val, symbol: Symbol) -> Result<Callee> {
    let object = object(value)?;
    if let Some(field) = object::get(object, symbol) {
        return Ok(Callee::Field(field));
    }
    match object::class_of(host, object).and_then(|c| c.method(host, symbol)) {
        Some(method) => Ok(Callee::Method(method)),
        None => Err(missing(host, object, host.heap.symbol_text(symbol))),
    }
}

/// The method that `super.name` means, seen from a class with this base.
pub fn super_method(host: &Host, base: Val, symbol: Symbol) -> Result<Val> {
    let method = base.cast::<Class>().and_then(|c| c.method(host, symbol));
    method.ok_or_else(|| missing_super(host, base, symbol))
}

/// A method that stays bound to its object.
pub fn bind(host: &mut Host, method: Val, receiver: Val) -> Result<Val> {
    Ok(Val::object(Bound::alloc(&mut host.heap, receiver, method)?))
}

/// The class that a class statement extends.
pub fn base_class(value: Val) -> Result<Gc<Class>> {
    value.cast().ok_or_else(|| {
        Error::wrong_type(format!("a class can extend a class only, not {}", type_name(value)))
    })
}

/// The error of arguments for a class without `init`.
#[cold]
pub fn takes_no_arguments(host: &Host, class: Gc<Class>, given: usize) -> Error {
    Error::arguments(class.name(host), "0", given)
}

/// The key of an object as text; an error if it is no string.
pub fn key_text(host: &Host, key: Val) -> Result<&str> {
    match key.cast::<Str>() {
        Some(string) => Ok(string.as_str(&host.heap)),
        None => {
            let given = type_name(key);
            Err(Error::wrong_type(format!("the key of an object must be a string, not {given}")))
        }
    }
}
