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
//! change, a `phi`, or a virtual that [lives on](super::virtuals::carry). The second iteration's end must agree with
//! that; a slot that does not becomes a `phi`, and the loop is peeled again. Every round makes at least one more, so this
//! ends.
//!
//! Guarantees: the body uses a preamble value only if it is [short](super::short), so that other traces can jump to the
//! label. Must not: carry knowledge about a slot into the body that the back edge does not establish.

use super::GiveUp;
use super::context::Context;
use super::feeder::{End, Feeder, NeverAt, Slots, reinterpret};
use super::memory::{self, Memory};
use super::options::Options;
use super::pipeline::Pipeline;
use super::short::{Clobbers, is_speculative, relearn, short_ops};
use super::virtuals::carry::{self, Graph, Matching};
use crate::trace::{Op, Opcode, Ref, Slot, Snapshot, Target, Trace, Ty};
use bumpalo::Bump;

/// So many rounds at most: then the loop stays unpeeled.
const ROUNDS: usize = 12;
/// After so many rounds no virtual is carried any more.
const CARRYING_ROUNDS: usize = 6;

/// What earlier rounds found out.
#[derive(Default)]
struct Lessons {
    /// Slots that are `phi`s, whatever they look like.
    phis: Vec<Slot>,
    /// Ops of the preamble that must not be short: a guard before them was lost.
    barred: Vec<usize>,
    /// What cannot be virtual at the label, or not like that.
    carried: carry::Lessons,
    /// What is not known of memory at the label, or not like that.
    memory: memory::Lessons,
}

impl Lessons {
    /// How much is known.
    fn len(&self) -> usize {
        self.phis.len() + self.barred.len() + self.carried.len() + self.memory.len()
    }
}

/// Preamble, label, body and jump; `None` if the loop does not settle.
pub(super) fn peel<'a, 'b>(
    recording: &Trace,
    options: Options<'a>,
    bump: &'b Bump,
) -> Result<Option<Pipeline<'a, 'b>>, GiveUp> {
    let clobbers = Clobbers::of(recording);
    let mut lessons = Lessons::default();
    for round in 0..ROUNDS {
        lessons.carried.none = round >= CARRYING_ROUNDS;
        lessons.memory.none |= round >= CARRYING_ROUNDS;
        let mut pipeline = Pipeline::new(options, 2 * recording.ops.len() + 16, bump);
        let mut first = Feeder::new(recording);
        first.run(&mut pipeline).map_err(|NeverAt(op)| GiveUp::Contradiction { op })?;
        let end = first.end(&mut pipeline);
        if end.base != 0 {
            return Ok(None);
        }
        let label = Label::place(&mut pipeline, recording, &end, &clobbers, &lessons);
        let mut second = Feeder::at_label(recording, label.state.clone());
        let never = match second.run(&mut pipeline) {
            Ok(()) => None,
            Err(NeverAt(op)) if options.generalize => {
                // This round shows what differs in the end, and comes to nothing else.
                if !second.run_on(op, &mut pipeline) {
                    return Err(GiveUp::TypeUnstable { op });
                }
                Some(op)
            }
            Err(NeverAt(op)) => return Err(GiveUp::TypeUnstable { op }),
        };
        let again = second.end(&mut pipeline);
        let known = lessons.len();
        let Some(passed) = label.check(&mut pipeline, &again, &mut lessons) else {
            return Ok(None);
        };
        check_guards(&pipeline.cx, &label, &first, &second, &mut lessons);
        if let Some(op) = never {
            if known == lessons.len() {
                return Err(GiveUp::TypeUnstable { op });
            }
            continue;
        }
        if known == lessons.len() {
            let (out, known) = (&pipeline.cx.out, &mut lessons.memory);
            label.memory.drop_unused(out, label.index, &passed, known);
        }
        if known == lessons.len() {
            close(&mut pipeline, &passed);
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
    /// The slots that are `phi`s.
    phis: Vec<Slot>,
    /// The virtuals that live on.
    carried: Graph,
    /// What is known of memory.
    memory: Memory,
}

impl Label {
    /// Appends the label and its phis; the passes keep what holds in every iteration.
    fn place(
        pipeline: &mut Pipeline<'_, '_>,
        recording: &Trace,
        end: &End,
        clobbers: &Clobbers,
        lessons: &Lessons,
    ) -> Label {
        let mut end = end.clone();
        let objects = carry::choose(pipeline, &mut end.slots, &lessons.carried);
        let index = pipeline.cx.out.ops.len();
        let is_unchanged = |&(slot, value): &(Slot, Ref)| {
            let own = pipeline.cx.def(value, Opcode::SlotLoad).is_some_and(|d| d.slot() == slot);
            own && !clobbers.has_slot(slot) && !lessons.phis.contains(&slot)
        };
        let (unchanged, changed): (Slots, Slots) = end.slots.iter().partition(|e| is_unchanged(e));
        let is_changed = |slot| changed.binary_search_by_key(&slot, |e| e.0).is_ok();
        let barred = |i| lessons.barred.contains(&i);
        let short = short_ops(&pipeline.cx.out, index, clobbers, is_changed, barred);
        let stays = |value: Ref| value.is_const() || short[value.index()];
        let mut state = changed;
        let mut inits = Vec::new();
        let mut phis = Vec::new();
        for (slot, value) in &mut state {
            let is_carried = objects.iter().any(|object| object.name == *value);
            if !is_carried && (!stays(*value) || lessons.phis.contains(slot)) {
                phis.push(*slot);
                inits.push(*value);
                *value = Ref::op(index + inits.len());
            }
        }
        let known = &lessons.memory;
        let memory = Memory::new(pipeline, recording, clobbers, known, index, stays, &mut inits);
        let (cx, known) = (&mut pipeline.cx, &lessons.carried);
        let carried = Graph::new(cx, &objects, known, index, stays, &mut inits);
        for (_, value) in &mut state {
            *value = carried.renamed(*value).unwrap_or(*value);
        }
        let list = pipeline.list(inits.iter().copied());
        let types: Vec<Ty> = inits.iter().map(|&r| pipeline.cx.out.ty(r)).collect();
        let (slots, virtuals) = (state.clone(), carried.describe());
        let barred = lessons.barred.iter().map(|&i| Ref::op(i)).collect();
        let memory_there = memory.describe();
        let snapshot = Snapshot { slots, virtuals, memory: memory_there, barred, ..end.snapshot() };
        let snap = pipeline.cx.out.snapshot(snapshot);
        let label = Op::new(Opcode::Label, Ty::Int, &[], 0);
        pipeline.cx.append(Op { list, snap: Some(snap), at: pipeline.cx.at, ..label });
        for (k, ty) in types.into_iter().enumerate() {
            let phi = Op::new(Opcode::Phi, ty, &[], k as u32);
            pipeline.cx.append(Op { at: pipeline.cx.at, ..phi });
        }
        carried.append(&mut pipeline.cx);
        relearn(pipeline, &short);
        carried.declare(&mut pipeline.cx);
        memory.learn(pipeline);
        Label { index, state, unchanged, phis, carried, memory }
    }

    /// Does the end of the second iteration agree with what the label assumed? If lessons were learnt, it does not; else
    /// yields the phis and what becomes of each. `None` if even a phi does not help.
    fn check(
        &self,
        pipeline: &mut Pipeline<'_, '_>,
        again: &End,
        lessons: &mut Lessons,
    ) -> Option<Vec<(Ref, Ref)>> {
        let mut passed = Vec::new();
        let cx = &mut pipeline.cx;
        let mut matching = Matching::new(&self.carried);
        for &(slot, assumed) in self.state.iter().chain(&self.unchanged) {
            let value = lookup(&again.slots, slot)?;
            if matching.is_node(assumed) {
                matching.pair(cx, assumed, value, &mut lessons.carried);
            } else if self.phis.contains(&slot) {
                if cx.out.ty(value) != cx.out.ty(assumed) {
                    return None;
                }
                passed.push((assumed, value));
            } else if value != cx.resolve(assumed) && !lessons.phis.contains(&slot) {
                lessons.phis.push(slot);
            }
        }
        passed.extend(matching.values(cx));
        self.memory.check(pipeline, &mut lessons.memory, &mut passed);
        let cx = &pipeline.cx;
        matching.keep_from(cx, passed.iter().map(|p| p.1), &mut lessons.carried);
        passed.sort_unstable();
        Some(passed)
    }
}

/// Appends the jump back.
fn close(pipeline: &mut Pipeline<'_, '_>, passed: &[(Ref, Ref)]) {
    let mut values = Vec::with_capacity(passed.len());
    for &(phi, value) in passed {
        let ty = pipeline.cx.out.ty(phi);
        // Conversions are no guards.
        values.push(reinterpret(value, ty, pipeline).unwrap_or(value));
    }
    let values: Vec<Ref> = values.into_iter().map(|r| pipeline.real(r)).collect();
    let list = pipeline.list(values.into_iter());
    pipeline.cx.out.targets.push(Target::Label);
    let target = pipeline.cx.out.targets.len() as u32 - 1;
    let jump = Op::new(Opcode::Jump, Ty::Int, &[], target);
    pipeline.cx.append(Op { list, at: pipeline.cx.at, ..jump });
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
    // What is known of memory may have been loaded behind it.
    lessons.memory.none |= !label.memory.is_empty();
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
