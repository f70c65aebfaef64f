//! Objects: literals, fields, methods.

use holloway::{Cx, Frame, Gc, Mode, Red, Symbol, Tag, Value};

use super::language::Mini;
use super::op::Slot;
use super::slow;
use crate::error::Result;
use crate::ops::field::no_fields;
use crate::value::{Bound, Class, Object};

/// `R[d] = {}`
#[inline(always)]
pub(super) fn empty<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    frame: Frame<M, Mini>,
    d: Slot,
) -> Result<()> {
    let object = slow::new_object(cx, Red::green(0))?;
    frame.set(d, object);
    Ok(())
}

/// A new instance of a class.
#[inline(always)]
pub(super) fn instance<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    class: Red<M, Gc<Class>>,
) -> Result<Value<M>> {
    slow::new_object(cx, class.get(Class::NUMBER))
}

/// If a field is there.
#[inline(always)]
fn is_there<M: Mode>(value: Value<M>) -> bool {
    !(value.tag() == Tag::RAW && value.word() == -1)
}

fn name<M: Mode>(symbol: Symbol) -> Red<M, i64> {
    Red::green(i64::from(symbol.0))
}

/// `R[d] = value.name`
#[inline(always)]
pub(super) fn get<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    frame: Frame<M, Mini>,
    d: Slot,
    value: Value<M>,
    symbol: Symbol,
) -> Result<()> {
    if let Some(object) = value.cast::<Object>() {
        let field = slow::field(cx, object, name(symbol));
        if is_there(field) {
            frame.set(d, field);
            return Ok(());
        }
    }
    let value = slow::bound_or_error(cx, value, name(symbol))?;
    frame.set(d, value);
    Ok(())
}

/// `value.name = new`
#[inline(always)]
pub(super) fn set<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    value: Value<M>,
    symbol: Symbol,
    new: Value<M>,
) -> Result<()> {
    slow::set_field(cx, value, name(symbol), new)
}

/// What `R[base].name(..)` calls: a method and the object, or nil and the value of a field.
#[inline(always)]
pub(super) fn method<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    frame: Frame<M, Mini>,
    base: Slot,
    symbol: Symbol,
) -> Result<()> {
    let value = frame.get(base);
    let Some(object) = value.cast::<Object>() else { return Err(no_fields(value.untraced())) };
    let field = slow::field(cx, object, name(symbol));
    if is_there(field) {
        frame.set(base, Value::nil());
        frame.set(base + 1, field);
        return Ok(());
    }
    let method = slow::method(cx, value, name(symbol))?;
    frame.set(base, method);
    frame.set(base + 1, value);
    Ok(())
}

/// The method that `super.name` means: `R[base] =` that of the class R[base].
#[inline(always)]
pub(super) fn super_method<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    frame: Frame<M, Mini>,
    base: Slot,
    symbol: Symbol,
) -> Result<()> {
    let method = slow::super_method(cx, frame.get(base), name(symbol))?;
    frame.set(base, method);
    Ok(())
}

/// `R[d] =` the method R[d] bound to the object R[d + 1].
#[inline(always)]
pub(super) fn bind<M: Mode>(
    cx: &mut Cx<'_, M, Mini>,
    frame: Frame<M, Mini>,
    d: Slot,
) -> Result<()> {
    let (method, object) = (frame.get(d), frame.get(d + 1));
    let bound = Bound::make(cx, object, method)?;
    frame.set(d, Value::object(bound));
    Ok(())
}
