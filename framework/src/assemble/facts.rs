//! What the backward pass needs to know about values before it meets their definition.
//!
//! A *hard* use needs the value in an instruction; a *soft* use only needs it to lie somewhere when an exit is taken.
//! Invariant: positions are op indices; uses by ops that are themselves unused are counted, so the numbers are upper bounds.

use super::AssembleError;
use crate::trace::{Effect, Op, Opcode, Ref, Trace};

/// Facts about one value.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Fact {
    /// Hard uses.
    pub(crate) hard: u32,
    /// Hard uses after the label.
    pub(crate) in_body: u32,
    /// Position of the last use of any kind; the end of the trace for what the next iteration needs.
    pub(crate) last: u32,
    /// Position of the first soft use, `u32::MAX` if there is none.
    pub(crate) first_soft: u32,
    /// Position of the first `guard_true` or `guard_false` on it, `u32::MAX` if there is none.
    pub(crate) guard: u32,
}

/// Facts about a trace.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    /// By op index.
    pub(crate) values: Vec<Fact>,
    /// For each op index: how many calls come before it.
    pub(crate) calls: Vec<u32>,
    /// The position of the label, or 0.
    pub(crate) label: usize,
    /// Is there a label?
    pub(crate) has_loop: bool,
    /// For each constant: how often an instruction of the body needs it in a register, about.
    pub(crate) constants: Vec<u32>,
}

impl Facts {
    /// Looks at every use once.
    pub(crate) fn of(trace: &Trace) -> Result<Facts, AssembleError> {
        let n = trace.ops.len();
        let label = trace.label();
        let fresh = Fact { first_soft: u32::MAX, guard: u32::MAX, ..Fact::default() };
        let mut facts = Facts {
            values: vec![fresh; n],
            calls: Vec::with_capacity(n + 1),
            label: label.unwrap_or(0),
            has_loop: label.is_some(),
            constants: vec![0; trace.consts.len()],
        };
        let mut calls = 0;
        let mut seen: Vec<u32> = vec![u32::MAX; trace.snapshots.len()];
        for i in 0..n {
            facts.calls.push(calls);
            let code = trace.ops[i].code;
            let allocates = matches!(code, Opcode::New | Opcode::NewArray);
            let by_call = allocates && inline_len(trace, &trace.ops[i]).is_none();
            calls += u32::from(code.effect() == Effect::Call || by_call);
            facts.visit(trace, i, &mut seen)?;
        }
        facts.calls.push(calls);
        let end = n as u32;
        for &import in &trace.imports {
            let fact =
                facts.values.get_mut(import.index()).ok_or(AssembleError::BadTrace("import"))?;
            fact.last = end;
        }
        Ok(facts)
    }

    fn visit(&mut self, trace: &Trace, i: usize, seen: &mut [u32]) -> Result<(), AssembleError> {
        let op = &trace.ops[i];
        let in_body = u32::from(self.has_loop && i > self.label);
        for &r in op.operands().iter().chain(trace.list(op)) {
            if r.is_const() {
                self.constants[r.index()] += in_body & u32::from(needs_register(op.code));
                continue;
            }
            if r == Ref::NONE || r.index() >= i {
                return Err(AssembleError::BadTrace("a value is used before it is defined"));
            }
            let fact = &mut self.values[r.index()];
            fact.hard += 1;
            fact.in_body += in_body;
            fact.last = i as u32;
        }
        if matches!(op.code, Opcode::GuardTrue | Opcode::GuardFalse) && op.args[0].is_op() {
            let fact = &mut self.values[op.args[0].index()];
            fact.guard = fact.guard.min(i as u32);
        }
        if op.code == Opcode::Label {
            return Ok(());
        }
        let Some(snap) = op.snap else { return Ok(()) };
        let snapshot =
            trace.snapshots.get(snap.0 as usize).ok_or(AssembleError::BadTrace("snapshot"))?;
        let first = std::mem::replace(&mut seen[snap.0 as usize], i as u32) == u32::MAX;
        for r in snapshot.values() {
            if !r.is_op() || trace.virtual_behind(r).is_some() {
                continue;
            }
            if r.index() >= i {
                return Err(AssembleError::BadTrace("a snapshot names a later value"));
            }
            let fact = &mut self.values[r.index()];
            fact.last = i as u32;
            if first {
                fact.first_soft = fact.first_soft.min(i as u32);
            }
        }
        Ok(())
    }
}

/// Larger objects are not made inline.
const LARGEST_INLINE: u64 = 4096;

/// How many trailing elements the object has that this `new` or `new_array` makes, if it is made without a call: their number must
/// be known, and the object small.
pub(super) fn inline_len(trace: &Trace, op: &Op) -> Option<u32> {
    let len = match op.code {
        Opcode::New => 0,
        _ => trace.as_const(op.args[0])?.bits,
    };
    let layout = op.layout().get();
    let bytes = len.checked_mul(layout.elem_size.into())?.checked_add(layout.size.into())?;
    let is_small = bytes <= LARGEST_INLINE && i32::try_from(layout.tag).is_ok();
    is_small.then_some(len as u32)
}

/// Does this op need a constant operand in a register, rather than in the instruction? A guess is good enough.
fn needs_register(code: Opcode) -> bool {
    use Opcode::*;
    matches!(code, FloatSub | FloatDiv | FloatLt | FloatLe | FieldStore | ElemStore | SlotStore)
}
