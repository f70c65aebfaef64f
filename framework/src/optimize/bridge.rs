//! BRIDGE: what was known at an exit, rebuilt by replay, and the three ways a bridge can end.
//!
//! The traces that ran before (root to parent, each up to the guard that failed) are shown to the passes without being
//! emitted, so the bridge's ops meet them as if they stood in the same trace. The failed guard teaches the opposite of
//! what it tested. A value of the parent can only be used if it survives the exit; then it becomes an `input`. The first traces of a
//! long chain may be left out: then nothing is known of what comes from them.
//!
//! Must not: use a value of a grandparent that is not an input of the parent.

use super::enter::enter;
use super::feeder::{End, Feeder, NeverAt, has_side_result};
use super::options::Options;
use super::pass::Word;
use super::pipeline::Pipeline;
use super::short::{Clobbers, relearn, short_ops};
use super::{BridgeEnd, Exit, GiveUp, Prefix};
use crate::trace::{Op, Opcode, Ref, Slot, Target, Trace, TraceId, Ty};
use bumpalo::Bump;

/// Replays, feeds, and ends.
pub(super) fn bridge<'a, 'b>(
    recording: &Trace,
    exit: &Exit<'_>,
    end: BridgeEnd<'_>,
    options: Options<'a>,
    bump: &'b Bump,
) -> Result<Pipeline<'a, 'b>, GiveUp> {
    let before: usize = exit.prefix.iter().map(|p| p.upto + 1).sum();
    let mut pipeline = Pipeline::new(options, before + recording.ops.len() + 16, bump);
    let mut parent = None;
    for prefix in exit.prefix {
        parent = Some(replay(&mut pipeline, prefix, parent.as_deref()));
    }
    let parent = parent.unwrap_or_default();
    for (index, &value) in parent.iter().enumerate() {
        if value.is_op() && (exit.available)(Ref::op(index)) {
            pipeline.cx.allow(value, index);
        }
    }
    let mut feeder = Feeder::new(recording);
    for (index, op) in recording.ops.iter().enumerate().filter(|(_, op)| op.code == Opcode::Input) {
        let Some(&value) = parent.get(op.aux as usize).filter(|&&value| value != Ref::NONE) else {
            return Err(GiveUp::Malformed { why: "an input names no value of the parent" });
        };
        pipeline.cx.allow(value, op.aux as usize);
        feeder.define(index, value);
    }
    feeder.run(&mut pipeline).map_err(|NeverAt(op)| GiveUp::Contradiction { op })?;
    let state = feeder.end(&mut pipeline);
    match end {
        BridgeEnd::Leave => leave(&mut pipeline, &state),
        BridgeEnd::Finish => match state.result {
            Some(result) => finish(&mut pipeline, result),
            None => return Err(GiveUp::Malformed { why: "the recording has no result" }),
        },
        BridgeEnd::Entry { trace, base } => jump_to_entry(&mut pipeline, &state, trace, base),
        BridgeEnd::Loop { trace, id, base } => {
            enter(&mut pipeline, &state, trace, Target::Loop { trace: id, base }, base, exit)?;
        }
    }
    Ok(pipeline)
}

/// Shows the passes what ran before; yields the values of the trace's ops. Without a parent, nothing is known of its inputs.
fn replay(
    pipeline: &mut Pipeline<'_, '_>,
    prefix: &Prefix<'_>,
    parent: Option<&[Ref]>,
) -> Vec<Ref> {
    let trace = prefix.trace;
    let mut values = Vec::with_capacity(prefix.upto + 1);
    for (index, &old) in trace.ops.iter().enumerate().take(prefix.upto + 1) {
        if old.code == Opcode::Input {
            values.push(match parent {
                None => pipeline.cx.append_prefix(old),
                Some(parent) => parent.get(old.aux as usize).copied().unwrap_or(Ref::NONE),
            });
            continue;
        }
        let mut op = Op { snap: None, ..old };
        for i in 0..old.code.operands().len() {
            op.args[i] = translate(pipeline, trace, &values, old.args[i]);
        }
        if old.code.has_list() && old.code != Opcode::Label {
            let list: Vec<Ref> =
                trace.list(&old).iter().map(|&r| translate(pipeline, trace, &values, r)).collect();
            op.list = pipeline.list(list.into_iter());
        }
        let at = pipeline.cx.append_prefix(op);
        values.push(if op.result().is_some() { at } else { Ref::NONE });
        pipeline.cx.has_side_result = has_side_result(trace, index);
        match old.code {
            _ if index == prefix.upto => {
                values[index] = Ref::NONE;
                pipeline.learn_failed(&op);
            }
            Opcode::Label => {
                debug_assert_eq!(at.index(), index, "only roots have labels, and they come first");
                let short = short_at_label(trace, index);
                relearn(pipeline, &short);
                learn_memory(pipeline, trace, index, &values);
            }
            _ => pipeline.learn(&op, at),
        }
    }
    values
}

/// What the label says of memory. (The root's ops come first: its phis have the same names here.)
fn learn_memory(pipeline: &mut Pipeline<'_, '_>, trace: &Trace, label: usize, values: &[Ref]) {
    let Some(snapshot) = trace.snapshot_of(&trace.ops[label]) else { return };
    for object in &snapshot.memory {
        for store in &object.stores {
            let name = translate(pipeline, trace, values, object.name);
            let value = match trace.as_const(store.value) {
                Some(c) => pipeline.cx.out.constant(c.ty, c.bits),
                None => store.value,
            };
            let index = store.index.map_or(Ref::NONE, |i| pipeline.cx.make_int(i.into()));
            pipeline.learn_word(Word { access: store.access, object: name, index, value });
        }
    }
}

fn translate(pipeline: &mut Pipeline<'_, '_>, trace: &Trace, values: &[Ref], r: Ref) -> Ref {
    match trace.as_const(r) {
        Some(c) => pipeline.cx.out.constant(c.ty, c.bits),
        None if r == Ref::NONE => r,
        None => values[r.index()],
    }
}

/// Which ops of an optimized loop's preamble hold in every iteration?
pub(super) fn short_at_label(trace: &Trace, label: usize) -> Vec<bool> {
    let snapshot = trace.snapshot_of(&trace.ops[label]);
    let (changed, barred) = snapshot.map_or((&[][..], &[][..]), |s| (&s.slots, &s.barred));
    let is_changed = |slot: Slot| changed.binary_search_by_key(&slot, |e| e.0).is_ok();
    let is_barred = |index| barred.contains(&Ref::op(index));
    short_ops(trace, label, &Clobbers::of(trace), is_changed, is_barred)
}

/// `leave`
pub(super) fn leave(pipeline: &mut Pipeline<'_, '_>, end: &End) {
    let snap = pipeline.cx.snapshot(end.snapshot());
    let leave = Op::new(Opcode::Leave, Ty::Int, &[], 0);
    pipeline.commit(Op { snap: Some(snap), ..leave });
}

/// `finish`
pub(super) fn finish(pipeline: &mut Pipeline<'_, '_>, mut result: Op) {
    pipeline.realize(&mut result);
    pipeline.commit(result);
}

/// Every slot to memory, and on to the entry of a trace.
pub(super) fn jump_to_entry(pipeline: &mut Pipeline<'_, '_>, end: &End, trace: TraceId, base: i32) {
    for &(slot, value) in &end.slots {
        store(pipeline, slot, value);
    }
    jump(pipeline, Target::Entry { trace, base }, &[]);
}

/// Writes a slot to memory, unless it is there.
pub(super) fn store(pipeline: &mut Pipeline<'_, '_>, slot: Slot, value: Ref) {
    let store = Op::new(Opcode::SlotStore, Ty::Int, &[value], slot.0 as u32);
    // No pass says that a store never happens.
    let _ = pipeline.feed(store);
}

/// The last op.
pub(super) fn jump(pipeline: &mut Pipeline<'_, '_>, target: Target, values: &[Ref]) {
    let values: Vec<Ref> = values.iter().map(|&r| pipeline.real(r)).collect();
    let list = pipeline.list(values.into_iter());
    pipeline.cx.out.targets.push(target);
    let jump = Op::new(Opcode::Jump, Ty::Int, &[], pipeline.cx.out.targets.len() as u32 - 1);
    pipeline.commit(Op { list, ..jump });
}
