//! The verifier's rules about descriptors: accesses, layouts, callees and failing calls.

use super::super::desc::{Access, CallDesc};
use super::super::ir::{Op, Ref};
use super::super::op::{Effect, Opcode, Ty};
use super::super::print;
use super::{Check, Verifier, own_type};

impl Verifier<'_> {
    pub(super) fn descriptors(&mut self, index: usize, op: &Op) -> Check {
        match op.code {
            Opcode::FieldLoad | Opcode::FieldStore | Opcode::ElemLoad | Opcode::ElemStore => {
                self.access(op)?;
            }
            Opcode::New | Opcode::NewArray => check_layout(op)?,
            Opcode::Virtual => super::virtuals::check_shape(self.trace, op)?,
            Opcode::Call | Opcode::CallVoid => self.call(op)?,
            Opcode::CallGuest if !op.args[0].is_const() => {
                return Err("the place of the frame is not a constant".to_owned());
            }
            Opcode::CallGuest => {
                self.waiting(op)?;
                self.direct(op)?;
            }
            Opcode::DirectEntry => self.direct_entry(index, op)?,
            _ => {}
        }
        self.errors(index, op)
    }

    /// What waits for a call is neither an object that may move, nor a virtual one.
    fn waiting(&self, op: &Op) -> Check {
        let Some(snapshot) = self.trace.snapshot_of(op) else { return Ok(()) };
        let is_plain = snapshot.replay.is_empty() && snapshot.virtuals.is_empty();
        if !is_plain || !snapshot.memory.is_empty() {
            return Err("what waits is more than slots".to_owned());
        }
        if snapshot.slots.iter().any(|(slot, _)| slot.as_local().is_some()) {
            return Err("a red local waits".to_owned());
        }
        let stale = |r: &Ref| !r.is_const() && self.trace.ty(*r) == Ty::Ref;
        match snapshot.values().find(stale) {
            Some(r) => Err(format!("{} waits, and may move", print::value_name(self.trace, r))),
            None => Ok(()),
        }
    }

    /// What is passed in registers has a slot and a constant tag each, and is no object that may move.
    fn direct(&self, op: &Op) -> Check {
        let list = self.trace.list(op);
        if list.is_empty() {
            return Ok(());
        }
        let is_int = |r: &Ref| self.trace.as_const(*r).is_some_and(|c| c.ty == Ty::Int);
        let is_known =
            list[1..].chunks(3).all(|words| words.len() == 3 && words[..2].iter().all(is_int));
        if !is_int(&list[0]) || !is_known {
            return Err("what is passed is no list of slots, tags and payloads".to_owned());
        }
        let stale = |r: &Ref| !r.is_const() && self.trace.ty(*r) == Ty::Ref;
        match list.iter().find(|r| stale(r)) {
            Some(&r) => {
                Err(format!("{} is passed, and may move", print::value_name(self.trace, r)))
            }
            None => Ok(()),
        }
    }

    /// Before the second entry there are only loads of what is passed to it, and guards on the tags.
    fn direct_entry(&self, index: usize, op: &Op) -> Check {
        self.direct(op)?;
        let Some(direct) = self.trace.direct(op) else {
            return Err("nothing is passed".to_owned());
        };
        let before = &self.trace.ops[..index];
        if before.iter().any(|op| !matches!(op.code, Opcode::SlotLoad | Opcode::GuardValue)) {
            return Err("more than loads and guards stand before it".to_owned());
        }
        for passed in direct.passed {
            let load = self.trace.def(passed.value).filter(|op| op.code == Opcode::SlotLoad);
            if load.is_none_or(|load| load.slot().0 != passed.slot.0 + 1) {
                let name = print::value_name(self.trace, passed.value);
                return Err(format!("{name} is not loaded from slot {}", passed.slot.0 + 1));
            }
        }
        Ok(())
    }

    fn access(&self, op: &Op) -> Check {
        let Some(access) = op.access().lookup() else {
            return Err(format!("there is no access {}", op.aux));
        };
        check_kind(op, access)?;
        let expected = access.width.ty();
        own_type(op, expected)?;
        if op.code.effect() == Effect::Store
            && let Some(&value) = op.operands().last()
        {
            let ty = self.trace.ty(value);
            if ty != expected {
                return Err(format!("stores {ty:?} to {}, expected {expected:?}", access.name));
            }
        }
        Ok(())
    }

    fn call(&self, op: &Op) -> Check {
        let Some(callee) = op.call().lookup() else {
            return Err(format!("there is no callee {}", op.aux));
        };
        let list = self.trace.list(op);
        let name = &callee.name;
        if list.len() != callee.params.len() {
            let (passed, expected) = (list.len(), callee.params.len());
            return Err(format!("passes {passed} values to {name}, expected {expected}"));
        }
        for (i, (&value, &expected)) in list.iter().zip(&callee.params).enumerate() {
            let ty: Ty = self.trace.ty(value);
            if ty != expected {
                return Err(format!(
                    "argument {} of {name} is {ty:?}, expected {expected:?}",
                    i + 1
                ));
            }
        }
        check_result(op, callee)
    }

    /// A call that can fail and its `guard_no_error` belong together.
    fn errors(&mut self, index: usize, op: &Op) -> Check {
        let ends_watch = matches!(op.code.effect(), Effect::Call | Effect::Store)
            || op.code.is_terminator()
            || op.code == Opcode::Label;
        match self.pending_error {
            Some(call) if ends_watch => {
                return Err(format!("op {call} can fail, but no guard_no_error is before this op"));
            }
            None if op.code == Opcode::GuardNoError => {
                return Err("no call that can fail is before it".to_owned());
            }
            _ => {}
        }
        let can_fail = match op.code {
            Opcode::CallGuest => true,
            Opcode::Call | Opcode::CallVoid => {
                op.call().lookup().is_some_and(|callee| callee.can_fail)
            }
            _ => false,
        };
        if op.code == Opcode::GuardNoError {
            self.pending_error = None;
        } else if can_fail {
            self.pending_error = Some(index);
        }
        Ok(())
    }
}

/// Fields are loaded as fields, elements as elements.
fn check_kind(op: &Op, access: &Access) -> Check {
    let elements = matches!(op.code, Opcode::ElemLoad | Opcode::ElemStore);
    if access.name.ends_with("[]") == elements {
        return Ok(());
    }
    let what = if elements { "a field" } else { "elements" };
    Err(format!("{} names {what}", access.name))
}

fn check_layout(op: &Op) -> Check {
    match op.layout().lookup() {
        None => Err(format!("there is no layout {}", op.aux)),
        Some(layout) if op.code == Opcode::NewArray && layout.elem_size == 0 => {
            Err(format!("objects of layout {} have no elements", layout.name))
        }
        Some(_) => Ok(()),
    }
}

fn check_result(op: &Op, callee: &CallDesc) -> Check {
    match (op.code, callee.result) {
        (Opcode::Call, None) => Err(format!("{} yields nothing: use call_void", callee.name)),
        (Opcode::CallVoid, Some(_)) => Err(format!("{} yields a value: use call", callee.name)),
        (Opcode::Call, Some(expected)) => own_type(op, expected),
        _ => Ok(()),
    }
}
