//! Checks that a trace is well-formed. Whatever a stage hands on passes; an error means that the stage before is wrong.
//!
//! Rules for every op:
//! * it has exactly the fixed operands that the op table says, of the types it says; list operands only where
//!   [`Opcode::has_list`];
//! * operands, list operands and snapshot values are constants of the table or results of earlier ops
//!   (a label's snapshot may also name its `phi`s);
//! * it has a snapshot if and only if [`Opcode::has_snapshot`].
//!
//! Skeleton:
//! * the last op is a terminator, and no other;
//! * `input` ops stand at the start, before anything else;
//! * there is at most one label; as many `phi`s as its list has values follow at once, numbered from 0, each of the
//!   type of its value; there is no other `phi`; no `input` with a label before it;
//! * `jump self` needs a label and passes values of the types of its `phi`s; `jump entry` passes nothing;
//! * [`Trace::imports`] are exactly the preamble values that the body uses, ascending.
//!
//! Descriptors:
//! * a load or store of a field names a field, one of an element names elements (`Layout[]`); the value has its type;
//! * an allocation names a layout, `new_array` one with elements;
//! * a call passes what its callee expects and yields what it yields; `call_void` calls one without result;
//! * `call_guest` says where the frame lies by a constant, and can fail; its snapshot has nothing but slots of the stack, and no `ref` that is not
//!   constant: the object may be moved before the slot is written;
//! * no `ref` that was there before a `call_guest` is used after it, neither by an op nor by a snapshot: the callee may have moved the
//!   object;
//! * `guard_no_error` has a call that can fail before it, and no other call in between; after a call that can fail it
//!   comes before the next call, store, `label` and the end.
//!
//! Virtuals:
//! * a `virtual` names a layout and a constant number of elements, none if the layout has none;
//! * it and its `ref_bits` are named by snapshots alone (a label's may name those right after its `phi`s);
//! * a snapshot tells the contents of every virtual that it names, once, by ascending name; elements are within bounds;
//! * only a label's bars ops of the preamble, and says what memory holds, in fields and elements of real objects, of values of their types.
//!
//! Tables:
//! * constants stand once each; a `bool` constant is 0 or 1;
//! * `guard_value` compares with a constant of the type of its first operand;
//! * slots of a snapshot are ascending, each once; every snapshot's values exist, used or not.

mod descriptors;
#[cfg(test)]
mod tests;
mod virtuals;

use super::ir::{Op, Ref, Target, Trace};
use super::op::{Opcode, Operand, ResultTy, Ty};
use hashbrown::HashSet;
use std::fmt;

/// A rule that a trace breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyError {
    /// Index of the op that breaks it, if it is one op.
    pub op: Option<usize>,
    /// What is wrong; names the op.
    pub message: String,
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for VerifyError {}

type Check = Result<(), String>;

/// Checks all rules; reports the first that is broken.
pub fn verify(trace: &Trace) -> Result<(), VerifyError> {
    let whole = |message| VerifyError { op: None, message };
    check_constants(trace).map_err(whole)?;
    let mut verifier =
        Verifier { trace, label: None, phis: 0, pending_error: None, collected: None };
    for (index, op) in trace.ops.iter().enumerate() {
        verifier.op(index, op).map_err(|message| VerifyError {
            op: Some(index),
            message: format!("op {index} ({}): {message}", op.code),
        })?;
    }
    match trace.ops.last() {
        Some(op) if op.code.is_terminator() => {}
        _ => return Err(whole("the last op is not a terminator".to_owned())),
    }
    for (i, snapshot) in trace.snapshots.iter().enumerate() {
        for value in snapshot.values().chain(snapshot.virtuals.iter().map(|v| v.name)) {
            verifier
                .value_exists(value, trace.ops.len())
                .map_err(|message| whole(format!("snapshot s{i}: {message}")))?;
        }
        if let Some(pair) = snapshot.slots.windows(2).find(|pair| pair[0].0 >= pair[1].0) {
            let (a, b) = (pair[0].0, pair[1].0);
            return Err(whole(format!("snapshot s{i}: slot {b} stands after slot {a}")));
        }
        let label = trace.label().and_then(|label| trace.ops[label].snap);
        let is_label = label.is_some_and(|label| label.0 as usize == i);
        virtuals::check(trace, snapshot, is_label)
            .map_err(|message| whole(format!("snapshot s{i}: {message}")))?;
    }
    check_imports(trace).map_err(whole)?;
    check_kept(trace).map_err(whole)
}

struct Verifier<'a> {
    trace: &'a Trace,
    /// The label, if it was passed.
    label: Option<usize>,
    /// How many `phi`s of the label were passed.
    phis: usize,
    /// The call that can fail and whose `guard_no_error` is still to come.
    pending_error: Option<usize>,
    /// The last call after which objects may lie elsewhere.
    collected: Option<usize>,
}

impl Verifier<'_> {
    fn op(&mut self, index: usize, op: &Op) -> Check {
        self.moved(index)?;
        self.operands(index, op)?;
        self.list(index, op)?;
        self.snapshot(index, op)?;
        self.skeleton(index, op)?;
        self.descriptors(index, op)?;
        if op.code == Opcode::GuardValue {
            self.guard_value(op)?;
        }
        Ok(())
    }

    /// No `ref` outlives a call that may move objects.
    fn moved(&mut self, index: usize) -> Check {
        if let Some(call) = self.collected {
            let mut stale = None;
            self.trace.each_use(index, |r| {
                let old = |op: &Op| r.index() < call && op.result() == Some(Ty::Ref);
                if self.trace.def(r).is_some_and(old) {
                    stale = Some(r);
                }
            });
            if let Some(r) = stale {
                let name = super::print::value_name(self.trace, r);
                return Err(format!("{name} is from before the call at op {call}"));
            }
        }
        if self.trace.ops[index].collects() {
            self.collected = Some(index);
        }
        Ok(())
    }

    fn operands(&self, index: usize, op: &Op) -> Check {
        let kinds = op.code.operands();
        for (i, (&operand, kind)) in op.args.iter().zip(kinds).enumerate() {
            let ty = self.value(operand, index).map_err(|e| format!("operand {}: {e}", i + 1))?;
            if let Operand::Is(expected) = *kind
                && ty != expected
            {
                return Err(format!("operand {} is {ty:?}, expected {expected:?}", i + 1));
            }
            if op.code != Opcode::RefBits {
                virtuals::check_use(self.trace, operand)?;
            }
        }
        if op.args[kinds.len()..].iter().any(|&operand| operand != Ref::NONE) {
            return Err(format!("more than {} operands", kinds.len()));
        }
        Ok(())
    }

    fn list(&self, index: usize, op: &Op) -> Check {
        let end = op.list.start as usize + op.list.len as usize;
        if end > self.trace.lists.len() {
            return Err("the list is out of range".to_owned());
        }
        if op.list.len > 0 && !op.code.has_list() {
            return Err("has a list".to_owned());
        }
        for (i, &value) in self.trace.list(op).iter().enumerate() {
            self.value(value, index).map_err(|e| format!("list operand {}: {e}", i + 1))?;
            virtuals::check_use(self.trace, value)?;
        }
        Ok(())
    }

    fn snapshot(&self, index: usize, op: &Op) -> Check {
        let Some(id) = op.snap else {
            let needed = op.code.has_snapshot();
            return if needed { Err("has no snapshot".to_owned()) } else { Ok(()) };
        };
        if !op.code.has_snapshot() {
            return Err("has a snapshot".to_owned());
        }
        let Some(snapshot) = self.trace.snapshots.get(id.0 as usize) else {
            return Err(format!("there is no snapshot s{}", id.0));
        };
        // A label's snapshot may name its phis, which follow it, and the virtuals after those.
        let limit = match op.code {
            Opcode::Label => {
                let phis = index + 1 + op.list.len as usize;
                let behind = self.trace.ops.get(phis..).unwrap_or_default();
                phis + behind.iter().take_while(|op| op.code == Opcode::Virtual).count()
            }
            _ => index,
        };
        for &(slot, value) in &snapshot.slots {
            let check = self.value(value, limit);
            check.map_err(|e| format!("slot {slot} of snapshot s{}: {e}", id.0))?;
        }
        for (i, &value) in snapshot.replay.iter().enumerate() {
            let check = self.value(value, limit);
            check.map_err(|e| format!("replay {} of snapshot s{}: {e}", i + 1, id.0))?;
        }
        for object in snapshot.virtuals.iter().chain(&snapshot.memory) {
            for value in object.stores.iter().map(|s| s.value).chain([object.name]) {
                let check = self.value(value, limit);
                check.map_err(|e| format!("objects of snapshot s{}: {e}", id.0))?;
            }
        }
        for &value in &snapshot.barred {
            let check = self.value(value, index);
            check.map_err(|e| format!("what snapshot s{} bars: {e}", id.0))?;
        }
        if op.code != Opcode::Label && !snapshot.barred.is_empty() {
            return Err(format!("snapshot s{} says what only a label can say", id.0));
        }
        Ok(())
    }

    /// The type of a value that ops from `limit` on may use.
    fn value(&self, value: Ref, limit: usize) -> Result<Ty, String> {
        self.value_exists(value, limit)?;
        Ok(self.trace.ty(value))
    }

    fn value_exists(&self, value: Ref, limit: usize) -> Check {
        if value == Ref::NONE {
            return Err("is missing".to_owned());
        }
        if value.is_const() {
            let known = value.index() < self.trace.consts.len();
            return if known { Ok(()) } else { Err(format!("there is no constant {value:?}")) };
        }
        let Some(op) = self.trace.ops.get(value.index()) else {
            return Err(format!("there is no op {}", value.index()));
        };
        let Some(ty) = op.result() else {
            return Err(format!("op {} ({}) has no result", value.index(), op.code));
        };
        if value.index() >= limit {
            let name = format!("{}{}", ty.letter(), value.index());
            return Err(format!("{name} is used before it is defined"));
        }
        Ok(())
    }

    fn skeleton(&mut self, index: usize, op: &Op) -> Check {
        if op.code.is_terminator() && index + 1 != self.trace.ops.len() {
            return Err("a terminator must be the last op".to_owned());
        }
        if let Some(label) = self.label
            && index <= label + self.phi_count(label)
            && op.code != Opcode::Phi
        {
            return Err(format!("expected phi {}", self.phis));
        }
        match op.code {
            Opcode::Input if index > 0 && self.trace.ops[index - 1].code != Opcode::Input => {
                return Err("inputs stand at the start".to_owned());
            }
            Opcode::Label => {
                if let Some(label) = self.label {
                    return Err(format!("there is a label already: op {label}"));
                }
                self.label = Some(index);
            }
            Opcode::Phi => self.phi(index, op)?,
            Opcode::Jump => self.jump(op)?,
            _ => {}
        }
        Ok(())
    }

    fn phi_count(&self, label: usize) -> usize {
        self.trace.ops[label].list.len as usize
    }

    fn phi(&mut self, index: usize, op: &Op) -> Check {
        let Some(label) = self.label.filter(|&label| index <= label + self.phi_count(label)) else {
            return Err("phis follow their label".to_owned());
        };
        let number = self.phis;
        if op.aux as usize != number {
            return Err(format!("is number {}, expected {number}", op.aux));
        }
        let value = self.trace.list(&self.trace.ops[label])[number];
        let ty = self.trace.ty(value);
        if ty != op.ty {
            return Err(format!("is {:?}, but the label passes {ty:?}", op.ty));
        }
        self.phis += 1;
        Ok(())
    }

    fn jump(&self, op: &Op) -> Check {
        let Some(target) = self.trace.targets.get(op.aux as usize) else {
            return Err(format!("there is no target {}", op.aux));
        };
        let list = self.trace.list(op);
        match target {
            Target::Entry { .. } if !list.is_empty() => {
                Err("a jump to an entry passes nothing".to_owned())
            }
            Target::Label => {
                let Some(label) = self.label else {
                    return Err("there is no label to jump to".to_owned());
                };
                let expected = self.phi_count(label);
                if list.len() != expected {
                    let passed = list.len();
                    return Err(format!("passes {passed} values, the label has {expected} phis"));
                }
                for (i, &value) in list.iter().enumerate() {
                    let (ty, expected) = (self.trace.ty(value), self.trace.ops[label + 1 + i].ty);
                    if ty != expected {
                        return Err(format!(
                            "list operand {} is {ty:?}, expected {expected:?}",
                            i + 1
                        ));
                    }
                }
                Ok(())
            }
            Target::Entry { .. } | Target::Loop { .. } => Ok(()),
        }
    }

    fn guard_value(&self, op: &Op) -> Check {
        let [a, b, _] = op.args;
        if !b.is_const() {
            return Err("operand 2 is not a constant".to_owned());
        }
        let (ty, expected) = (self.trace.ty(b), self.trace.ty(a));
        if ty != expected {
            return Err(format!("operand 2 is {ty:?}, expected {expected:?}"));
        }
        Ok(())
    }
}

fn check_constants(trace: &Trace) -> Check {
    let mut seen = HashSet::new();
    for (i, &c) in trace.consts.iter().enumerate() {
        if !seen.insert(c) {
            return Err(format!("constant {i} stands in the table twice"));
        }
        if c.ty == Ty::Bool && c.bits > 1 {
            return Err(format!("constant {i} is a Bool, but {:#x}", c.bits));
        }
    }
    Ok(())
}

/// A loop in which objects may move keeps no `ref` from before it.
fn check_kept(trace: &Trace) -> Check {
    let label = trace.label().unwrap_or(trace.ops.len());
    let Some(call) = trace.ops[label..].iter().position(Op::collects) else {
        return Ok(());
    };
    match trace.imports.iter().find(|&&r| trace.ty(r) == Ty::Ref) {
        Some(&r) => {
            let name = super::print::value_name(trace, r);
            Err(format!("import {name} is from before the call at op {}", label + call))
        }
        None => Ok(()),
    }
}

fn check_imports(trace: &Trace) -> Check {
    let mut expected = trace.clone();
    expected.find_imports();
    if expected.imports != trace.imports {
        let names = |refs: &[Ref]| {
            let names: Vec<String> =
                refs.iter().map(|&r| super::print::value_name(trace, r)).collect();
            names.join(", ")
        };
        let (found, expected) = (names(&trace.imports), names(&expected.imports));
        return Err(format!("imports are [{found}], expected [{expected}]"));
    }
    Ok(())
}

/// The type of the op's result is the type that its descriptor says.
fn own_type(op: &Op, expected: Ty) -> Check {
    if op.code.result() == ResultTy::Own && op.ty != expected {
        return Err(format!("yields {:?}, expected {expected:?}", op.ty));
    }
    Ok(())
}
