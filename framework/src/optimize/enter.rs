//! ENTER: from the end of a trace to the label of another loop, with values in registers.
//!
//! The label says what it wants: constants in some slots, `phi`s in others, and values of the loop's preamble that its
//! body uses. Those are computed here by the [short preamble](super::short), fed through this trace's own pipeline, so
//! that whatever is known already costs nothing. Slots that the label does not mention are written to memory. Where the
//! label wants a virtual we must have one [of the same form](super::virtuals::join).
//!
//! ```text
//! loop 1:  i0 = slot_load 1 / i1 = int_mul i0, 3 / label [..] -> {0: i3} / .. i1 ..
//! bridge:  .. i7 is in slot 0, slot 1 is as in memory ..
//!      =>  i8 = slot_load 1
//!          i9 = int_mul i8, 3
//!          jump loop 1 [i7, i9]
//! ```

use super::bridge::{jump, short_at_label, store};
use super::context::op;
use super::feeder::{End, reinterpret};
use super::pipeline::{Never, Pipeline};
use super::virtuals::carry::is_same;
use super::virtuals::join::Pairs;
use super::{Exit, GiveUp};
use crate::trace::{Op, Opcode, Ref, Slot, SnapId, Snapshot, Target, Trace, Ty, VirtualStore};

/// Appends what it takes to be at the label, and the jump.
pub(super) fn enter(
    pipeline: &mut Pipeline<'_, '_>,
    end: &End,
    target: &Trace,
    destination: Target,
    base: i32,
    exit: &Exit<'_>,
) -> Result<(), GiveUp> {
    let wrong = |why| GiveUp::DoesNotFit { slot: Slot(0), why };
    let label = target.label().ok_or(wrong("the target has no label"))?;
    let wants = target.snapshot_of(&target.ops[label]).ok_or(wrong("the label has no snapshot"))?;
    if wants.base + base != end.base {
        return Err(wrong("the frames lie at different bases"));
    }
    if wants.at != end.at {
        return Err(wrong("the target is the header of another loop"));
    }
    let mut entry = Entry {
        pipeline,
        end,
        target,
        label,
        base,
        snap: None,
        values: Vec::new(),
        virtuals: Pairs::default(),
        loaded: Vec::new(),
    };
    for &(slot, value) in &wants.slots {
        if let Some(c) = target.as_const(value) {
            entry.be_constant(slot, c.bits, exit)?;
        }
    }
    entry.pair_virtuals(wants)?;
    entry.run_preamble(wants)?;
    entry.load_memory(wants)?;
    let mut values = Vec::new();
    for (k, phi) in
        target.ops[label + 1..].iter().take_while(|op| op.code == Opcode::Phi).enumerate()
    {
        values.push(entry.phi(wants, k, phi.ty)?);
    }
    for &import in &target.imports {
        match entry.values.get(import.index()) {
            Some(&value) if value != Ref::NONE => values.push(value),
            _ => return Err(wrong("the loop uses a value that cannot be computed at its label")),
        }
    }
    let virtuals = entry.virtuals;
    let values: Vec<Ref> = values.into_iter().map(|r| pipeline.real(r)).collect();
    for &(slot, value) in &end.slots {
        if wants.slots.iter().all(|&(s, _)| shifted(s, base) != slot) {
            store(pipeline, slot, value);
        }
    }
    if !virtuals.are_virtual(&pipeline.cx) {
        return Err(GiveUp::NotVirtual { slot: Slot(0) });
    }
    jump(pipeline, destination, &values);
    Ok(())
}

/// Do the slots hold the constants that the loop wants at its label? If not, a trace that ends in this state cannot enter it.
pub(super) fn has_constants(target: &Trace, base: i32, word_at_end: &dyn Fn(Slot) -> u64) -> bool {
    let label = target.label().and_then(|label| target.snapshot_of(&target.ops[label]));
    label.is_none_or(|wants| {
        wants.slots.iter().all(|&(slot, value)| match target.as_const(value) {
            Some(c) if slot.as_local().is_none() => word_at_end(shifted(slot, base)) == c.bits,
            _ => true,
        })
    })
}

/// The target's slot, as we count.
fn shifted(slot: Slot, base: i32) -> Slot {
    if slot.as_local().is_some() { slot } else { Slot(slot.0 + base) }
}

struct Entry<'e, 'p, 'a, 'b> {
    pipeline: &'p mut Pipeline<'a, 'b>,
    end: &'e End,
    target: &'e Trace,
    label: usize,
    base: i32,
    /// The end state, where guards of the short preamble leave to, and how often virtuals had changed by then.
    snap: Option<(SnapId, u64)>,
    /// Our values for the ops of the target's preamble.
    values: Vec<Ref>,
    /// Our virtuals for those at the target's label.
    virtuals: Pairs,
    /// Values of the target's phis that the heap holds, and the phis.
    loaded: Vec<(Ref, Ref)>,
}

impl Entry<'_, '_, '_, '_> {
    /// Our value of the target's slot.
    fn slot(&mut self, slot: Slot, ty: Ty) -> Result<Ref, GiveUp> {
        let never = |Never| GiveUp::DoesNotFit { slot, why: "its value has another type" };
        let ours = shifted(slot, self.base);
        match self.end.slots.binary_search_by_key(&ours, |e| e.0) {
            Ok(i) => reinterpret(self.end.slots[i].1, ty, self.pipeline).map_err(never),
            Err(_) => {
                let load = Op::new(Opcode::SlotLoad, ty, &[], ours.0 as u32);
                self.pipeline.feed(load).map_err(never)
            }
        }
    }

    /// Feeds a guard that leaves with the end state.
    fn guard(&mut self, guard: Op) -> Result<Ref, Never> {
        let (end, last) = (self.end, &mut self.snap);
        self.pipeline.feed_guard(guard, &mut |cx| {
            let changes = cx.virtuals.changes();
            match *last {
                Some((snap, then)) if then == changes => snap,
                _ => {
                    let mut state = end.snapshot();
                    state.slots.iter_mut().for_each(|(_, r)| *r = cx.resolve(*r));
                    let snap = cx.snapshot(state);
                    *last = Some((snap, changes));
                    snap
                }
            }
        })
    }

    /// The slot must hold this word: it is known to, or it did in this run and a guard makes sure.
    fn be_constant(&mut self, slot: Slot, bits: u64, exit: &Exit<'_>) -> Result<(), GiveUp> {
        let ours = shifted(slot, self.base);
        let ty = match self.end.slots.binary_search_by_key(&ours, |e| e.0) {
            Ok(i) => self.pipeline.cx.out.ty(self.end.slots[i].1),
            Err(_) => Ty::Int,
        };
        let value = self.slot(slot, ty)?;
        let value = self.pipeline.cx.resolve(value);
        let misfit = GiveUp::DoesNotFit { slot, why: "the loop wants another constant there" };
        match self.pipeline.cx.constant(value) {
            Some(c) if c.bits == bits => return Ok(()),
            Some(_) => return Err(misfit),
            None if (exit.word_at_end)(ours) != Some(bits) => return Err(misfit),
            None => {}
        }
        let constant = self.pipeline.cx.out.constant(ty, bits);
        self.guard(op(Opcode::GuardValue, &[value, constant])).map_err(|Never| misfit)?;
        Ok(())
    }

    /// Finds our counterparts of the label's virtuals.
    fn pair_virtuals(&mut self, wants: &Snapshot) -> Result<(), GiveUp> {
        for &(slot, theirs) in &wants.slots {
            if self.target.virtual_behind(theirs).is_none() {
                continue;
            }
            let ours = shifted(slot, self.base);
            let Ok(i) = self.end.slots.binary_search_by_key(&ours, |e| e.0) else {
                return Err(GiveUp::NotVirtual { slot });
            };
            let (cx, ours) = (&mut self.pipeline.cx, self.end.slots[i].1);
            self.virtuals.pair(cx, (self.target, wants), slot, theirs, ours)?;
        }
        Ok(())
    }

    /// Computes what the body needs of the preamble, and runs the guards that the body relies on.
    fn run_preamble(&mut self, wants: &Snapshot) -> Result<(), GiveUp> {
        let short = short_at_label(self.target, self.label);
        let needed = self.needed(&short, wants);
        self.values = vec![Ref::NONE; self.label];
        for index in (0..self.label).filter(|&i| needed[i]) {
            let mut op = Op { snap: None, ..self.target.ops[index] };
            let never = |Never| GiveUp::DoesNotFit {
                slot: Slot(0),
                why: "a guard before the loop cannot hold here",
            };
            for i in 0..op.code.operands().len() {
                op.args[i] = self.value(op.args[i]);
            }
            if op.list.len > 0 {
                let list = self.target.list(&op);
                let list: Vec<Ref> = list.iter().map(|&r| self.value(r)).collect();
                op.list = self.pipeline.list(list.into_iter());
            }
            self.pipeline.cx.has_side_result = false;
            self.values[index] = match op.code {
                Opcode::SlotLoad => self.slot(op.slot(), op.ty)?,
                _ => self.guard(op).map_err(never)?,
            };
        }
        // A slot that holds a preamble value there must hold the same one here.
        for &(slot, value) in &wants.slots {
            if value.is_op() && value.index() < self.label {
                let ty = self.target.ty(value);
                let here = self.slot(slot, ty)?;
                self.be_unchanged(slot, value, here)?;
            }
        }
        for object in &wants.virtuals {
            for store in &object.stores {
                if store.value.is_op() && store.value.index() < self.label {
                    let here = self.word(object.name, store)?;
                    self.be_unchanged(Slot(0), store.value, here)?;
                }
            }
        }
        Ok(())
    }

    /// Loads what the label says of memory; its constants must be there.
    fn load_memory(&mut self, wants: &Snapshot) -> Result<(), GiveUp> {
        let misfit = |why| GiveUp::DoesNotFit { slot: Slot(0), why };
        for object in &wants.memory {
            let base = self.value(object.name);
            if base == Ref::NONE {
                return Err(misfit(
                    "the loop knows an object that cannot be computed at its label",
                ));
            }
            for store in &object.stores {
                let ty = self.target.ty(store.value);
                let load = match store.index {
                    None => Op::new(Opcode::FieldLoad, ty, &[base], store.access.0),
                    Some(index) => {
                        let index = self.pipeline.cx.make_int(index.into());
                        Op::new(Opcode::ElemLoad, ty, &[base, index], store.access.0)
                    }
                };
                let never = |Never| misfit("a word of the heap is not what the loop knows");
                let value = self.pipeline.feed(load).map_err(never)?;
                let Some(c) = self.target.as_const(store.value) else {
                    self.loaded.push((store.value, value));
                    continue;
                };
                let constant = self.pipeline.cx.out.constant(c.ty, c.bits);
                match self.pipeline.cx.constant(value) {
                    Some(known) if known.bits == c.bits => {}
                    Some(_) => return Err(never(Never)),
                    None => {
                        let guard = op(Opcode::GuardValue, &[value, constant]);
                        self.guard(guard).map_err(never)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// Our value is what this one of the target's preamble is.
    fn be_unchanged(&self, slot: Slot, theirs: Ref, ours: Ref) -> Result<(), GiveUp> {
        let there = self.values[theirs.index()];
        if there != Ref::NONE && is_same(&self.pipeline.cx, there, ours) {
            return Ok(());
        }
        let why = "the loop wants a value there that it does not change";
        Err(GiveUp::DoesNotFit { slot, why })
    }

    /// What our counterpart of a virtual holds.
    fn word(&mut self, theirs: Ref, store: &VirtualStore) -> Result<Ref, GiveUp> {
        let cx = &mut self.pipeline.cx;
        let word = self.virtuals.word(cx, theirs, store.access, store.index);
        word.ok_or(GiveUp::NotVirtual { slot: Slot(0) })
    }

    /// The short ops that imports, guards and slots need.
    fn needed(&self, short: &[bool], wants: &Snapshot) -> Vec<bool> {
        let mut needed = vec![false; self.label];
        let roots = self.target.imports.iter().copied().chain(wants.values());
        for root in roots.filter(|r| r.is_op() && r.index() < self.label) {
            needed[root.index()] = short[root.index()];
        }
        for index in (0..self.label).rev() {
            let op = &self.target.ops[index];
            needed[index] |= short[index] && op.code.is_guard();
            if needed[index] {
                let operands = op.operands().iter().chain(self.target.list(op));
                operands.filter(|r| r.is_op()).for_each(|r| needed[r.index()] = true);
            }
        }
        needed
    }

    /// Our value for one of the target's preamble.
    fn value(&mut self, r: Ref) -> Ref {
        match self.target.as_const(r) {
            Some(c) => self.pipeline.cx.out.constant(c.ty, c.bits),
            None if r == Ref::NONE => r,
            None => self.values[r.index()],
        }
    }

    /// Our value for the target's phi number `k`.
    fn phi(&mut self, wants: &Snapshot, k: usize, ty: Ty) -> Result<Ref, GiveUp> {
        let phi = Ref::op(self.label + 1 + k);
        if let Some(&(slot, _)) = wants.slots.iter().find(|&&(_, r)| r == phi) {
            return self.slot(slot, ty);
        }
        if let Some(&(_, value)) = self.loaded.iter().find(|loaded| loaded.0 == phi) {
            return Ok(value);
        }
        let words = wants.virtuals.iter().flat_map(|o| o.stores.iter().map(|s| (o.name, s)));
        let Some((name, store)) = words.into_iter().find(|(_, store)| store.value == phi) else {
            return Err(GiveUp::DoesNotFit { slot: Slot(0), why: "a phi belongs to no slot" });
        };
        let value = self.word(name, store)?;
        let never = GiveUp::DoesNotFit { slot: Slot(0), why: "a word has another type" };
        if ty == Ty::Bool && !value.is_const() && self.pipeline.cx.out.ty(value) != Ty::Bool {
            return Err(never);
        }
        reinterpret(value, ty, self.pipeline).map_err(|Never| never)
    }
}
