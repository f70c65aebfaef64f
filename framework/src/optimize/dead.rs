//! DEAD: what nobody uses goes; what is left gets its final place.
//!
//! ```text
//! i1 = int_add i0, 1             guard_true b0 -> s0
//! i2 = field_load p0.P.x    =>   leave -> s0
//! guard_true b0 -> s0
//! leave -> s0
//! ```
//! So do stores that another one covers ([`overwritten`]), and masks over a value whose upper bits a store drops anyway.
//!
//! Backwards from what has an effect: guards and what their snapshots need, stores, calls, the terminator, and what the
//! label's snapshot describes. The trace is rebuilt with the marked ops even if the pass is off: then all are marked.
//! Values from before a bridge become `input`s at its start.
//!
//! Guarantees: ops, snapshots and constants of the result are all in use. Must not: reorder anything.

use super::context::Context;
use super::feeder::has_side_result;
use super::options::PassId;
use super::overwritten;
use crate::trace::{Op, Opcode, Ref, SnapId, Snapshot, Trace, Ty, VirtualObject, Width};

/// The final trace.
pub(super) fn sweep(cx: &mut Context<'_>) -> Trace {
    if cx.options.passes.has(PassId::Dead) {
        unmask_stores(cx);
    }
    let live = mark(cx);
    let own = cx.out.ops.len() - cx.prefix_len();
    let kept = live[cx.prefix_len()..].iter().filter(|&&l| l).count();
    cx.counts.removed[PassId::Dead as usize] += (own - kept) as u32;
    let mut rebuild = Rebuild {
        cx,
        out: Trace::new(),
        values: vec![Ref::NONE; live.len()],
        consts: vec![None; cx.out.consts.len()],
        snaps: vec![None; cx.out.snapshots.len()],
        label: None,
    };
    rebuild.out.ops.reserve(live.iter().filter(|&&l| l).count());
    for index in (0..live.len()).filter(|&i| live[i]) {
        rebuild.op(index);
    }
    rebuild.describe_label();
    let mut out = rebuild.out;
    out.find_imports();
    out
}

/// A store of `x & 255` to a byte is a store of `x`, and so for wider fields.
fn unmask_stores(cx: &mut Context<'_>) {
    for index in cx.prefix_len()..cx.out.ops.len() {
        let op = cx.out.ops[index];
        let value = match op.code {
            Opcode::FieldStore => 1,
            Opcode::ElemStore => 2,
            _ => continue,
        };
        let kept = match op.access().lookup().map(|access| access.width) {
            Some(Width::Byte) => 0xff,
            Some(Width::Half) => 0xffff_ffff,
            _ => continue,
        };
        if let Some(and) = cx.def(op.args[value], Opcode::IntAnd)
            && cx.out.as_const(and.args[1]).is_some_and(|mask| mask.bits & kept == kept)
            && cx.usable(and.args[0])
        {
            cx.out.ops[index].args[value] = and.args[0];
        }
    }
}

/// May the op go if its result is not used?
fn is_removable(trace: &Trace, index: usize) -> bool {
    use Opcode::*;
    let op = &trace.ops[index];
    match op.code {
        SlotLoad | SlotAddr | FieldLoad | ElemLoad | ResultTag | New | NewArray | Virtual | Phi => {
            true
        }
        Call => !op.call().effect().writes() && !has_side_result(trace, index),
        code => code.is_pure(),
    }
}

/// Which ops are used.
fn mark(cx: &Context<'_>) -> Vec<bool> {
    let trace = &cx.out;
    let all = !cx.options.passes.has(PassId::Dead);
    let mut live = vec![false; trace.ops.len()];
    let covered = overwritten::find(trace, cx.prefix_len());
    // Uses stand behind definitions, except for those of a label's phis; and the jump back is a use of its own.
    for index in (cx.prefix_len()..trace.ops.len()).rev() {
        live[index] |= all || !is_removable(trace, index) && !covered[index];
        if !live[index] {
            continue;
        }
        let mut use_of = |r: Ref| {
            if r.is_op() {
                live[r.index()] = true;
            }
        };
        trace.each_use(index, &mut use_of);
        if let Some(label) = trace.snapshot_of(&trace.ops[index])
            && trace.ops[index].code == Opcode::Label
        {
            label.values().chain(label.virtuals.iter().map(|v| v.name)).for_each(use_of);
        }
    }
    live
}

struct Rebuild<'c, 'a> {
    cx: &'c Context<'a>,
    out: Trace,
    values: Vec<Ref>,
    consts: Vec<Option<Ref>>,
    snaps: Vec<Option<SnapId>>,
    /// Where the label stands now, and its snapshot in the old trace.
    label: Option<(usize, SnapId)>,
}

impl Rebuild<'_, '_> {
    fn op(&mut self, index: usize) {
        let old = &self.cx.out;
        let mut op = old.ops[index];
        if index < self.cx.prefix_len() {
            let parent_op = self.cx.input(Ref::op(index)).unwrap_or(usize::MAX);
            let input =
                Op::new(Opcode::Input, op.result().unwrap_or(Ty::Int), &[], parent_op as u32);
            self.values[index] = self.out.push(input);
            return;
        }
        for i in 0..op.code.operands().len() {
            op.args[i] = self.value(op.args[i]);
        }
        match op.snap {
            // It names phis that are not there yet.
            Some(snap) if op.code == Opcode::Label => self.label = Some((self.out.ops.len(), snap)),
            snap => op.snap = snap.map(|snap| self.snapshot(snap)),
        }
        if op.code == Opcode::Jump {
            self.out.targets.push(old.targets[op.aux as usize]);
            op.aux = self.out.targets.len() as u32 - 1;
        }
        self.values[index] = if op.code.has_list() {
            let list: Vec<Ref> = old.list(&op).iter().map(|&r| self.value(r)).collect();
            self.out.push_list(op, &list)
        } else {
            self.out.push(op)
        };
    }

    fn describe_label(&mut self) {
        if let Some((at, snap)) = self.label {
            self.out.ops[at].snap = Some(self.snapshot(snap));
        }
    }

    fn value(&mut self, r: Ref) -> Ref {
        if r == Ref::NONE {
            return r;
        }
        if r.is_op() {
            debug_assert!(self.values[r.index()] != Ref::NONE, "{r:?} is used but not defined");
            return self.values[r.index()];
        }
        let c = self.cx.out.consts[r.index()];
        *self.consts[r.index()].get_or_insert_with(|| self.out.constant(c.ty, c.bits))
    }

    fn objects(&mut self, objects: &[VirtualObject]) -> Vec<VirtualObject> {
        let mut objects = objects.to_vec();
        for object in &mut objects {
            object.name = self.value(object.name);
            for store in &mut object.stores {
                store.value = self.value(store.value);
            }
        }
        objects
    }

    fn snapshot(&mut self, snap: SnapId) -> SnapId {
        if let Some(done) = self.snaps[snap.0 as usize] {
            return done;
        }
        let old = &self.cx.out.snapshots[snap.0 as usize];
        let slots = old.slots.iter().map(|&(slot, r)| (slot, self.value(r))).collect();
        let replay = old.replay.iter().map(|&r| self.value(r)).collect();
        let (virtuals, memory) = (self.objects(&old.virtuals), self.objects(&old.memory));
        let barred = old.barred.iter().map(|r| self.values[r.index()]);
        let barred = barred.filter(|&r| r != Ref::NONE).collect();
        let new = Snapshot { at: old.at, base: old.base, slots, replay, virtuals, memory, barred };
        let done = self.out.snapshot(new);
        self.snaps[snap.0 as usize] = Some(done);
        done
    }
}
