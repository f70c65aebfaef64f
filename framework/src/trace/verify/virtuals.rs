//! The verifier's rules about virtuals: who may name them, and what a snapshot must say of them.

use super::super::desc::CallId;
use super::super::ir::{Op, Ref, Snapshot, Trace};
use super::super::op::{Opcode, Ty};
use super::super::virtuals::{VirtualObject, VirtualStore};
use super::Check;

/// A `virtual` has a layout, and elements only if that has.
pub(super) fn check_shape(trace: &Trace, op: &Op) -> Check {
    let Some(layout) = op.layout().lookup() else {
        return Err(format!("there is no layout {}", op.aux));
    };
    match trace.as_const(op.args[0]) {
        None => Err("operand 1 is not a constant".to_owned()),
        Some(c) if c.bits > 0 && layout.elem_size == 0 => {
            Err(format!("objects of layout {} have no elements", layout.name))
        }
        Some(c) if c.bits > u64::from(u16::MAX) => Err(format!("{} elements", c.bits)),
        Some(_) => Ok(()),
    }
}

/// Nothing but a snapshot uses a virtual.
pub(super) fn check_use(trace: &Trace, value: Ref) -> Check {
    match trace.virtual_behind(value) {
        Some(name) => Err(format!("{} is virtual", super::super::print::value_name(trace, name))),
        None => Ok(()),
    }
}

/// The type of a field or element.
fn check_place(store: &VirtualStore) -> Result<Ty, String> {
    let Some(access) = store.access.lookup() else {
        return Err(format!("there is no access {}", store.access.0));
    };
    match store.index {
        _ if store.index.is_some() == access.name.ends_with("[]") => Ok(access.width.ty()),
        Some(_) => Err(format!("{} names a field", access.name)),
        None => Err(format!("{} names elements", access.name)),
    }
}

/// A call that is put off has all its arguments, in order; another one among them is older.
fn check_delayed(trace: &Trace, object: &VirtualObject, call: CallId) -> Check {
    let name = super::super::print::value_name(trace, object.name);
    let Some(desc) = call.lookup().filter(|desc| desc.params.len() == object.stores.len()) else {
        return Err(format!("{name} does not have the arguments that it needs"));
    };
    for (k, store) in object.stores.iter().enumerate() {
        let value = store.value;
        let fits = store.access == call.argument(k) && trace.ty(value) == desc.params[k];
        let may_wait = trace.virtual_behind(value).is_none_or(|behind| {
            behind == value && value < object.name && trace.delayed_call(value).is_some()
        });
        if !fits || !may_wait {
            let value = super::super::print::value_name(trace, value);
            return Err(format!("{value} cannot be argument {k} of {name}"));
        }
    }
    Ok(())
}

/// A snapshot tells what the virtuals hold that it names.
pub(super) fn check(trace: &Trace, snapshot: &Snapshot, is_label: bool) -> Check {
    let shown = |r| super::super::print::value_name(trace, r);
    for pair in snapshot.virtuals.windows(2) {
        if pair[0].name >= pair[1].name {
            let (a, b) = (shown(pair[0].name), shown(pair[1].name));
            return Err(format!("virtual {b} stands after {a}"));
        }
    }
    for object in &snapshot.virtuals {
        let name = shown(object.name);
        if trace.def(object.name).is_none_or(|op| op.code != Opcode::Virtual) {
            return Err(format!("{name} is no virtual"));
        }
        let len = trace.virtual_shape(object.name).map_or(0, |shape| shape.1);
        for store in &object.stores {
            check_place(store)?;
            if let Some(index) = store.index.filter(|&index| index >= len) {
                return Err(format!("element {index} of {name}, which has {len}"));
            }
        }
        if let Some(call) = trace.delayed_call(object.name) {
            check_delayed(trace, object, call)?;
        }
    }
    for object in &snapshot.memory {
        if trace.ty(object.name) != Ty::Ref || trace.virtual_behind(object.name).is_some() {
            return Err(format!("{} is no real object", shown(object.name)));
        }
        for store in &object.stores {
            let (ty, expected) = (trace.ty(store.value), check_place(store)?);
            if trace.virtual_behind(store.value).is_some() {
                // A label tells what is in memory; only who leaves makes objects.
                match is_label {
                    true => return Err(format!("memory holds {}", shown(store.value))),
                    false => continue,
                }
            }
            if ty != expected {
                return Err(format!("memory holds {}, not {expected:?}", shown(store.value)));
            }
        }
    }
    for value in snapshot.values() {
        if let Some(name) = trace.virtual_behind(value)
            && snapshot.contents(name).is_none()
        {
            return Err(format!("does not say what {} holds", shown(name)));
        }
    }
    Ok(())
}
