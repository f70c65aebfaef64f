//! Objects: literals, fields, methods.

use holloway::{Cx, Found, Frame, Gc, Mode, Symbol, Value};

use super::code::Site;
use super::language::Mini;
use super::op::Slot;
use crate::error::{Error, Result};
use crate::ops::field;
use crate::value::{Bound, Class, Object};

/// `R[d] = {}`, which is to get so many fields.
#[inline(always)]
pub(super) fn empty<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    frame: Frame<M, Mini>,
    d: Slot,
    fields: u16,
) -> Result<()> {
    let shape = cx.host.host.literal_shape(fields);
    let object = cx.new_instance(shape)?;
    frame.set(d, Value::object(object));
    Ok(())
}

/// A new instance of a class.
#[inline(always)]
pub(super) fn instance<M: Mode>(cx: &mut Cx<'_, M, Mini>, class: Gc<Class>) -> Result<Value<M>> {
    let shape = cx.host.host.root_shape(class.get(Class::NUMBER));
    Ok(Value::object(cx.new_instance(shape)?))
}

/// `R[d] = value.name`
#[inline(always)]
pub(super) fn get<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    frame: Frame<M, Mini>,
    d: Slot,
    value: Value<M>,
    site: &'static Site,
) -> Result<()> {
    let Some(object) = value.cast::<Object>() else { return Err(missing(cx, value, site.symbol)) };
    match cx.lookup(object, site.symbol, &site.cache) {
        Some(Found::Own(field)) => {
            frame.set(d, field);
            Ok(())
        }
        Some(Found::Inherited(method)) => bind_to(cx, frame, d, (value, method)),
        None => Err(missing(cx, value, site.symbol)),
    }
}

/// The error of a field that is not there.
#[cold]
#[inline(never)]
fn missing<M: Mode>(cx: &mut Cx<'_, M, Mini>, value: Value<M>, symbol: Symbol) -> Error {
    let value = value.untraced();
    let Some(object) = value.cast::<Object>() else { return field::no_fields(value) };
    let host = &cx.host.host;
    field::missing(host, object, host.heap.symbol_text(symbol))
}

/// `value.name = new`
#[inline(always)]
pub(super) fn set<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    value: Value<M>,
    site: &'static Site,
    new: Value<M>,
) -> Result<()> {
    let Some(object) = value.cast::<Object>() else { return Err(missing(cx, value, site.symbol)) };
    cx.set_property(object, site.symbol, new, &site.cache)?;
    Ok(())
}

/// What `R[base].name(..)` calls: a method and the object, or nil and the value of a field.
#[inline(always)]
pub(super) fn method<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    frame: Frame<M, Mini>,
    base: Slot,
    site: &'static Site,
) -> Result<()> {
    let value = frame.get(base);
    let Some(object) = value.cast::<Object>() else { return Err(missing(cx, value, site.symbol)) };
    match cx.lookup(object, site.symbol, &site.cache) {
        Some(Found::Inherited(method)) => {
            frame.set(base, method);
            frame.set(base + 1, value);
        }
        Some(Found::Own(field)) => {
            frame.set(base, Value::nil());
            frame.set(base + 1, field);
        }
        None => return Err(missing(cx, value, site.symbol)),
    }
    Ok(())
}

/// The method that `super.name` means: `R[base] =` that of the class R[base].
#[inline(always)]
pub(super) fn super_method<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    frame: Frame<M, Mini>,
    base: Slot,
    site: &'static Site,
) -> Result<()> {
    let class = frame.get(base);
    if let Some(class) = class.cast::<Class>() {
        let shape = cx.host.host.root_shape(class.promote().get(Class::NUMBER));
        if let Some(method) = cx.inherited(shape, site.symbol, &site.cache) {
            frame.set(base, method);
            return Ok(());
        }
    }
    Err(field::missing_super(&cx.host.host, class.untraced(), site.symbol))
}

/// `R[d] =` the method R[d] bound to the object R[d + 1].
#[inline(always)]
pub(super) fn bind<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    frame: Frame<M, Mini>,
    d: Slot,
) -> Result<()> {
    bind_to(cx, frame, d, (frame.get(d + 1), frame.get(d)))
}

/// `R[d] =` an object's method bound to it.
#[inline(never)]
fn bind_to<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    frame: Frame<M, Mini>,
    d: Slot,
    (object, method): (Value<M>, Value<M>),
) -> Result<()> {
    let bound = Bound::make(cx, object, method)?;
    frame.set(d, Value::object(bound));
    Ok(())
}
