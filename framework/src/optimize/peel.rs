//! PEEL: the recording is fed twice, and the second time begins with what the first one left.
//!
//! ```text
//! i0 = slot_load 0                    i0 = slot_load 0
//! i1 = slot_load 1                    i1 = slot_load 1
//! i2 = int_mul i1, 3                  i2 = int_mul i1, 3
//! i3 = int_add i0, i2                 i3 = int_add i0, i2
//! leave {0: i3}                 =>    label [i3] {0: i5}
//!                                     i5 = phi 0
//!                                     i6 = int_add i5, i2
//!                                     jump self [i6]
//! ```
//! For each slot that the loop changes, the label assumes its value to be a constant, a value that the loop does not
//! change, or a `phi`. The second iteration's end must agree with that; a slot that does not becomes a `phi`, and the
//! loop is peeled again. Every round makes at least one more, so this ends.
//!
//! Guarantees: the body uses a preamble value only if it is [short](super::short), so that other traces can jump to the
//! label. Must not: carry knowledge about a slot into the body that the back edge does not establish.

use super::GiveUp;
use super::context::Context;
use super::feeder::{End, Feeder, NeverAt, Slots};
use super::options::Options;
use super::pipeline::Pipeline;
use super::short::{Clobbers, is_speculative, relearn, short_ops};
use crate::trace::{Op, Opcode, Ref, Slot, Snapshot, Target, Trace, Ty};
use bumpalo::Bump;

/// So many rounds at most: then the loop stays unpeeled.
const ROUNDS: usize = 8;

/// What earlier rounds found out.
#[derive(Default)]
struct Lessons {
    /// Slots that are `phi`s, whatever they look like.
    phis: Vec<Slot>,
    /// Ops of the preamble that must not be short: a guard before them was lost.
    barred: Vec<usize>,
}

/// Preamble, label, body and jump; `None` if the loop does not settle.
pub(super) fn peel<'a, 'b>(
    recording: &Trace,
    options: Options<'a>,
    bump: &'b Bump,
) -> Result<Option<Pipeline<'a, 'b>>, GiveUp> {
    let clobbers = Clobbers::of(&recording.ops);
    let mut lessons = Lessons::default();
    for _ in 0..ROUNDS {
        let mut pipeline = Pipeline::new(options, 2 * recording.ops.len() + 16, bump);
        let mut first = Feeder::new(recording);
        first.run(&mut pipeline).map_err(|NeverAt(op)| GiveUp::Contradiction { op })?;
        let end = first.end(&mut pipeline);
        if end.base != 0 {
            return Ok(None);
        }
        let label = Label::place(&mut pipeline, &end, &clobbers, &lessons);
        let mut second = Feeder::at_label(recording, label.state.clone());
        second.run(&mut pipeline).map_err(|NeverAt(op)| GiveUp::TypeUnstable { op })?;
        let again = second.end(&mut pipeline);
        let known = (lessons.phis.len(), lessons.barred.len());
        if !label.check(&pipeline.cx, &again, &mut lessons) {
            return Ok(None);
        }
        check_guards(&pipeline.cx, &label, &first, &second, &mut lessons);
        if known == (lessons.phis.len(), lessons.barred.len()) {
            label.close(&mut pipeline, &again);
            return Ok(Some(pipeline));
        }
    }
    Ok(None)
}

/// The label and what it assumes.
struct Label {
    /// Index of the label op.
    index: usize,
    /// Slots that differ from memory at the label.
    state: Slots,
    /// Slots that hold at the end what memory held at entry, and the value they held.
    unchanged: Slots,
    /// The slot of each `phi`.
    phis: Vec<Slot>,
}

impl Label {
    /// Appends the label and its phis; the passes keep what holds in every iteration.
    fn place(
        pipeline: &mut Pipeline<'_, '_>,
        end: &End,
        clobbers: &Clobbers,
        lessons: &Lessons,
    ) -> Label {
        let mut end = end.clone();
        for (_, value) in &mut end.slots {
            *value = pipeline.real(*value);
        }
        let index = pipeline.cx.out.ops.len();
        let is_unchanged = |&(slot, value): &(Slot, Ref)| {
            let own = pipeline.cx.def(value, Opcode::SlotLoad).is_some_and(|d| d.slot() == slot);
            own && !clobbers.has_slot(slot) && !lessons.phis.contains(&slot)
        };
        let (unchanged, changed): (Slots, Slots) = end.slots.iter().partition(|e| is_unchanged(e));
        let is_changed = |slot| changed.binary_search_by_key(&slot, |e| e.0).is_ok();
        let barred = |i| lessons.barred.contains(&i);
        let short = short_ops(&pipeline.cx.out, index, clobbers, is_changed, barred);
        let mut state = changed;
        let mut inits = Vec::new();
        let mut phis = Vec::new();
        for (slot, value) in &mut state {
            let stays = value.is_const() || short[value.index()];
            if !stays || lessons.phis.contains(slot) {
                phis.push(*slot);
                inits.push(*value);
                *value = Ref::op(index + inits.len());
            }
        }
        let list = pipeline.list(inits.iter().copied());
        let types: Vec<Ty> = inits.iter().map(|&r| pipeline.cx.out.ty(r)).collect();
        let snap = pipeline.cx.out.snapshot(Snapshot { slots: state.clone(), ..end.snapshot() });
        let label = Op::new(Opcode::Label, Ty::Int, &[], 0);
        pipeline.cx.append(Op { list, snap: Some(snap), at: pipeline.cx.at, ..label });
        for (k, ty) in types.into_iter().enumerate() {
            let phi = Op::new(Opcode::Phi, ty, &[], k as u32);
            pipeline.cx.append(Op { at: pipeline.cx.at, ..phi });
        }
        relearn(pipeline, &short);
        Label { index, state, unchanged, phis }
    }

    /// Does the end of the second iteration agree with what the label assumed? Slots that do not become phis.
    /// `false` if even a phi does not help.
    fn check(&self, cx: &Context<'_>, again: &End, lessons: &mut Lessons) -> bool {
        for &(slot, assumed) in self.state.iter().chain(&self.unchanged) {
            let Some(value) = lookup(&again.slots, slot) else { return false };
            if self.phis.contains(&slot) {
                if cx.out.ty(value) != cx.out.ty(assumed) {
                    return false;
                }
            } else if value != cx.resolve(assumed) && !lessons.phis.contains(&slot) {
                lessons.phis.push(slot);
            }
        }
        true
    }

    /// Appends the jump back.
    fn close(&self, pipeline: &mut Pipeline<'_, '_>, again: &End) {
        let values: Vec<Ref> =
            self.phis.iter().filter_map(|&slot| lookup(&again.slots, slot)).collect();
        let values: Vec<Ref> = values.into_iter().map(|r| pipeline.real(r)).collect();
        let list = pipeline.list(values.into_iter());
        pipeline.cx.out.targets.push(Target::Label);
        let target = pipeline.cx.out.targets.len() as u32 - 1;
        let jump = Op::new(Opcode::Jump, Ty::Int, &[], target);
        pipeline.cx.append(Op { list, at: pipeline.cx.at, ..jump });
    }
}

fn lookup(slots: &Slots, slot: Slot) -> Option<Ref> {
    slots.binary_search_by_key(&slot, |e| e.0).ok().map(|i| slots[i].1)
}

/// A guard that the preamble dropped but the body needs was implied by something that does not hold in every iteration.
/// Loads and divisions after it must not count as short: a trace that jumps to the label would run them unguarded.
fn check_guards(
    cx: &Context<'_>,
    label: &Label,
    first: &Feeder<'_>,
    second: &Feeder<'_>,
    lessons: &mut Lessons,
) {
    let mut guards = first.dropped.iter().zip(&second.kept);
    let Some(lost) = guards.position(|(&dropped, &kept)| dropped && kept) else { return };
    let mut used = vec![false; label.index];
    for index in label.index..cx.out.ops.len() {
        cx.out.each_use(index, |r| {
            if r.is_op() && r.index() < label.index {
                used[r.index()] = true;
            }
        });
    }
    for index in (first.begins[lost]..label.index).filter(|&i| used[i]) {
        if is_speculative(cx.out.ops[index].code) && !lessons.barred.contains(&index) {
            lessons.barred.push(index);
        }
    }
}
