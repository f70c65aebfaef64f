//! When two traces are the same: equal op for op, with constants compared by value.
//!
//! Order and number of constants, unused list space, guest locations and the type field of ops without result do not
//! count: the text form does not show them.

use super::ir::{Const, Op, Ref, Snapshot, Trace};
use super::op::Opcode;
use super::virtuals::{VirtualObject, VirtualStore};

impl PartialEq for Trace {
    fn eq(&self, other: &Trace) -> bool {
        let same_ops = self.ops.len() == other.ops.len()
            && self.ops.iter().zip(&other.ops).all(|(a, b)| same_op(self, a, other, b));
        let same_snapshots = self.snapshots.len() == other.snapshots.len()
            && self
                .snapshots
                .iter()
                .zip(&other.snapshots)
                .all(|(a, b)| same_snapshot(self, a, other, b));
        same_ops && same_snapshots && self.imports == other.imports
    }
}

#[derive(PartialEq)]
enum Value {
    Op(usize),
    Const(Option<Const>),
    Nothing,
}

fn value(trace: &Trace, r: Ref) -> Value {
    match r {
        Ref::NONE => Value::Nothing,
        _ if r.is_op() => Value::Op(r.index()),
        _ => Value::Const(trace.as_const(r)),
    }
}

fn same_values(a: &Trace, xs: &[Ref], b: &Trace, ys: &[Ref]) -> bool {
    xs.len() == ys.len() && xs.iter().zip(ys).all(|(&x, &y)| value(a, x) == value(b, y))
}

fn same_op(a: &Trace, x: &Op, b: &Trace, y: &Op) -> bool {
    let same_aux = match (x.code, y.code) {
        (Opcode::Jump, Opcode::Jump) => {
            a.targets.get(x.aux as usize) == b.targets.get(y.aux as usize)
        }
        _ => x.aux == y.aux,
    };
    x.code == y.code
        && same_aux
        && x.result() == y.result()
        && x.snap == y.snap
        && same_values(a, &x.args, b, &y.args)
        && same_values(a, a.list(x), b, b.list(y))
}

fn same_snapshot(a: &Trace, x: &Snapshot, b: &Trace, y: &Snapshot) -> bool {
    x.at == y.at
        && x.base == y.base
        && x.slots.len() == y.slots.len()
        && x.slots.iter().zip(&y.slots).all(|(p, q)| p.0 == q.0 && value(a, p.1) == value(b, q.1))
        && same_values(a, &x.replay, b, &y.replay)
        && same_objects(a, &x.virtuals, b, &y.virtuals)
        && same_objects(a, &x.memory, b, &y.memory)
        && same_values(a, &x.barred, b, &y.barred)
}

fn same_objects(a: &Trace, xs: &[VirtualObject], b: &Trace, ys: &[VirtualObject]) -> bool {
    xs.len() == ys.len() && xs.iter().zip(ys).all(|(x, y)| same_object(a, x, b, y))
}

fn same_object(a: &Trace, x: &VirtualObject, b: &Trace, y: &VirtualObject) -> bool {
    let same_store = |p: &VirtualStore, q: &VirtualStore| {
        p.access == q.access && p.index == q.index && value(a, p.value) == value(b, q.value)
    };
    value(a, x.name) == value(b, y.name)
        && x.stores.len() == y.stores.len()
        && x.stores.iter().zip(&y.stores).all(|(p, q)| same_store(p, q))
}
