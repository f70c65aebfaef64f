//! The short preamble: the part of a loop's preamble that holds in every iteration.
//!
//! A preamble op is *short* if whoever arrives at the label may run it there and get the value that the body relies on:
//! loads of slots that the loop leaves alone, pure ops of short values, loads of what nothing in the loop writes, and
//! guards on short values. What the body knows at its label is what the short ops teach, and nothing else; a trace that
//! jumps to the label from elsewhere runs them first. So both agree by construction.
//!
//! One thing is taken for granted: whether a load or a division is safe depends on its operands alone, so that the
//! guards that make it safe are guards on them (or on what they were computed from) and short, too. An interpreter that
//! checks what it loads from is like that.
//!
//! A store into an object that the loop itself has made clobbers nothing: no short value refers to such an object. It did not
//! exist when the label was reached, and a load that may yield a reference to it is not short, for that was stored in the loop.

use super::feeder::has_side_result;
use super::pipeline::Pipeline;
use crate::trace::{AccessId, CallEffect, Effect, Mutability, Op, Opcode, Ref, Slot, Trace, Ty};

/// What a loop writes.
#[derive(Debug, Default)]
pub(super) struct Clobbers {
    /// It makes a call that may write anything.
    writes: bool,
    /// It calls guest functions: objects may lie elsewhere afterwards.
    moves: bool,
    accesses: Vec<AccessId>,
    slots: Vec<Slot>,
}

impl Clobbers {
    /// What the ops of this trace write.
    pub(super) fn of(trace: &Trace) -> Clobbers {
        let ops = &trace.ops[..];
        let mut clobbers = Clobbers::default();
        for op in ops {
            match op.code {
                Opcode::FieldStore | Opcode::ElemStore if is_made_by(ops, op.args[0]) => {}
                Opcode::FieldStore | Opcode::ElemStore => clobbers.accesses.push(op.access()),
                Opcode::SlotStore => clobbers.slots.push(op.slot()),
                Opcode::CallGuest => {
                    (clobbers.writes, clobbers.moves) = (true, true);
                    // They may be written while they wait.
                    let waiting = trace.snapshot_of(op).map_or(&[][..], |s| &s.slots);
                    clobbers.slots.extend(waiting.iter().map(|&(slot, _)| slot));
                    let passed = trace.direct(op).into_iter().flat_map(|direct| direct.passed);
                    clobbers.slots.extend(passed.flat_map(|p| [p.slot, Slot(p.slot.0 + 1)]));
                }
                Opcode::Call | Opcode::CallVoid => {
                    clobbers.writes |= op.call().effect().writes();
                    clobbers.moves |= op.collects();
                }
                _ => {}
            }
        }
        clobbers.accesses.sort_unstable();
        clobbers.accesses.dedup();
        clobbers
    }

    /// Does the loop write this slot to memory?
    pub(super) fn has_slot(&self, slot: Slot) -> bool {
        self.slots.contains(&slot)
    }

    /// Does the loop leave this field alone?
    pub(super) fn spare(&self, access: AccessId) -> bool {
        access.lookup().is_some_and(|a| a.mutability == Mutability::Immutable)
            || (!self.writes && self.accesses.binary_search(&access).is_err())
    }
}

/// Is this an object that one of these ops allocates?
fn is_made_by(ops: &[Op], object: Ref) -> bool {
    let Some(def) = ops.get(object.index()).filter(|_| object.is_op()) else { return false };
    match def.code {
        Opcode::New | Opcode::NewArray => true,
        // `ref_of_bits` of its `ref_bits`: it was kept as a word.
        Opcode::RefOfBits => {
            let word = def.args[0];
            let word = ops.get(word.index()).filter(|_| word.is_op());
            word.is_some_and(|w| w.code == Opcode::RefBits && is_made_by(ops, w.args[0]))
        }
        _ => false,
    }
}

/// For every op before `end`: is it short? `changed` says which slots the loop changes.
pub(super) fn short_ops(
    trace: &Trace,
    end: usize,
    clobbers: &Clobbers,
    changed: impl Fn(Slot) -> bool,
    barred: impl Fn(usize) -> bool,
) -> Vec<bool> {
    let mut short = vec![false; end];
    for index in 0..end {
        let op = &trace.ops[index];
        let is_short = |r: &Ref| r.is_const() || (r.is_op() && short[r.index()]);
        let by_kind = match op.code {
            _ if clobbers.moves && may_move(op) => false,
            Opcode::SlotLoad => !changed(op.slot()) && !clobbers.has_slot(op.slot()),
            Opcode::GuardValid => !clobbers.writes,
            Opcode::GuardNoError | Opcode::GuardNoSignal => false,
            Opcode::GuardChaos | Opcode::GuardStack => false,
            Opcode::FieldLoad | Opcode::ElemLoad => clobbers.spare(op.access()),
            Opcode::Call => op.call().lookup().is_some_and(|desc| {
                desc.effect == CallEffect::Elidable
                    && !desc.can_fail
                    && !has_side_result(trace, index)
            }),
            code => matches!(code.effect(), Effect::Pure | Effect::Guard),
        };
        short[index] = by_kind
            && op.operands().iter().all(is_short)
            && trace.list(op).iter().all(is_short)
            && !barred(index);
    }
    short
}

/// May the value be the address of an object? That of a slot's tag is none.
fn may_move(op: &Op) -> bool {
    match op.code {
        Opcode::SlotLoad => op.aux % 2 == 1 || op.ty == Ty::Ref,
        Opcode::RefBits => true,
        _ => op.result() == Some(Ty::Ref),
    }
}

/// Lets the passes forget everything but what the short ops teach. Their results stand at `at(index)` in the output.
pub(super) fn relearn(pipeline: &mut Pipeline<'_, '_>, short: &[bool]) {
    pipeline.forget();
    for index in (0..short.len()).filter(|&i| short[i]) {
        let op = pipeline.cx.out.ops[index];
        pipeline.cx.has_side_result = false;
        pipeline.learn(&op, Ref::op(index));
    }
}

/// Is this op safe only where its operands were checked?
pub(super) fn is_speculative(code: Opcode) -> bool {
    use Opcode::*;
    matches!(
        code,
        FieldLoad | ElemLoad | IntDiv | IntRem | IntFloordiv | IntFloormod | BoolOfInt | Call
    )
}
