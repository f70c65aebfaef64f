//! Register allocation, backwards: what each register holds at the point between two ops.
//!
//! ```text
//! i2 = int_add i0, i1     define: i2 leaves its register; need: i0, i1 get one (i0 the same, if it ends here)
//! guard_true b1 -> ...    record_exit: every value that is alive goes down with the place it is in
//! ```
//! Walking upwards, a value comes to life at its last use and ends at its definition. A register is taken from a value
//! (*evicted*) by reloading it below: from then on, upwards, it lies in its spill slot, which its definition fills.
//! A *stay* is the time a value spends in one register. As long as only exits look at it, the stay is *soft*: it may be
//! *dropped* at no cost in the code, and the exits find the value in its slot instead.
//!
//! Invariants: `regs[r] == Some(v)` if and only if `vals[v].reg == Some(r)`; `free` holds exactly the allocatable
//! registers without value; `live` holds exactly the values that are used below, constants excepted; each has a register or a slot.

use super::facts::Facts;
use super::moves;
use super::regs::{CALLER_SAVED, Class, Reg, RegSet};
use super::x64::{Cpu, Inst, Mem, Note};
use super::{AssembleError, Loc, SPILL_SLOTS};
use crate::trace::{Const, Ref, Slot, SnapId, Trace, Ty};
use hashbrown::HashMap;

/// A value: an op's index, or the number of ops plus a constant's index.
pub(super) type Id = usize;

const NEVER: u32 = u32::MAX;

/// What is known about a value at the current point.
#[derive(Clone, Copy, Debug)]
pub(super) struct Val {
    /// The register it is in, from here down to its next eviction or last use.
    pub(super) reg: Option<Reg>,
    /// The stay in that register.
    pub(super) stay: usize,
    /// Its spill slot.
    pub(super) slot: Option<u32>,
    /// Where it stands in `live`.
    live: u32,
    /// The last position that uses it: later than the trace says if that use was merged into a later op.
    until: u32,
    /// The register it would like best.
    pub(super) hint: Option<Reg>,
    /// It is this constant.
    pub(super) konst: Option<u64>,
    /// Its op was merged into its only user.
    pub(super) merged: bool,
    /// Hard uses below this point.
    seen: u32,
    class: Class,
}

/// The time a value spends in a register.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stay {
    pub(super) reg: Reg,
    /// An instruction reads the value there.
    pub(super) hard: bool,
    /// Given up while soft: the value lies in this slot instead.
    pub(super) dropped: Option<u32>,
}

/// Where a value is at an exit.
#[derive(Clone, Copy, Debug)]
pub(super) enum At {
    /// Wherever this stay ends up.
    Stay(usize),
    /// In this slot.
    Slot(u32),
    /// It is this constant.
    Const(Const),
}

/// An exit whose places are not final yet.
#[derive(Clone, Debug)]
pub(super) struct PendingExit {
    pub(super) op: usize,
    pub(super) snap: SnapId,
    pub(super) live: Vec<(u32, At)>,
    pub(super) undo: Option<Inst>,
}

/// What memory need not hold while a guest function is called.
#[derive(Clone, Debug)]
pub(super) struct Waiting {
    /// Words between the bases of callee and caller.
    pub(super) base: i32,
    /// Slots, what they hold, and where that lies meanwhile.
    pub(super) slots: Vec<(Slot, Ref, Loc)>,
}

/// The state of the allocation at one point of the trace.
pub(super) struct Alloc<'t> {
    pub(super) trace: &'t Trace,
    pub(super) facts: &'t Facts,
    pub(super) cpu: Cpu,
    /// For each op: is it a store with a write barrier?
    pub(super) barriers: Vec<bool>,
    /// The op that is being worked on.
    pub(super) pos: usize,
    pub(super) vals: Vec<Val>,
    pub(super) stays: Vec<Stay>,
    pub(super) exits: Vec<PendingExit>,
    /// Instructions, last one first.
    pub(super) out: Vec<Inst>,
    /// Constants in memory: one or two words.
    pub(super) pool: Vec<(u64, Option<u64>)>,
    pub(super) live: Vec<u32>,
    pub(super) free: RegSet,
    /// Registers that belong to the current op: they are neither evicted nor given away.
    pub(super) pinned: RegSet,
    /// Registers that phis will want further up.
    pub(super) reserved: RegSet,
    regs: [Option<u32>; 32],
    /// For each slot: the first position at which it is in use.
    slots: Vec<u32>,
    /// Slots below this belong to the parent.
    pub(super) first_slot: u32,
    failed: Option<AssembleError>,
    /// Where the jump to another trace has to leave its values.
    pub(super) target: Vec<Loc>,
    /// Spill slots that that trace uses.
    pub(super) target_spills: u32,
    /// What waits for each call of a guest function, last one first.
    pub(super) waiting: Vec<Waiting>,
    /// For each guest function that is called, by its key: the address of the cell that holds its entry.
    pub(super) cells: HashMap<u32, usize>,
    /// For each convention by which arguments are passed: the address of the cell that holds the second entry.
    pub(super) direct_cells: HashMap<u32, usize>,
    /// The arguments that are used, and the registers in which they arrive at the second entry.
    pub(super) arriving: Vec<(Id, Reg)>,
    /// Notes for the checker that belong before the current op's instructions.
    notes: Vec<Note>,
}

/// Are traces checked?
pub(super) const CHECKED: bool = cfg!(any(test, debug_assertions));

impl<'t> Alloc<'t> {
    pub(super) fn new(trace: &'t Trace, facts: &'t Facts, cpu: Cpu, first_slot: u32) -> Self {
        let class = |ty: Ty| if ty == Ty::Float { Class::Xmm } else { Class::Gpr };
        let val = |ty: Ty, konst: Option<u64>| Val {
            reg: None,
            stay: 0,
            slot: None,
            live: NEVER,
            until: 0,
            hint: None,
            konst,
            merged: false,
            seen: 0,
            class: class(ty),
        };
        let ops = trace.ops.iter().map(|op| val(op.result().unwrap_or(Ty::Int), None));
        let constants = trace.consts.iter().map(|c| val(c.ty, Some(c.bits)));
        Alloc {
            trace,
            facts,
            cpu,
            barriers: super::barriers::needed(trace),
            pos: trace.ops.len(),
            vals: ops.chain(constants).collect(),
            stays: Vec::new(),
            exits: Vec::new(),
            out: Vec::with_capacity(trace.ops.len() * 2),
            pool: Vec::new(),
            live: Vec::new(),
            free: Class::Gpr.all().or(Class::Xmm.all()),
            pinned: RegSet::EMPTY,
            reserved: RegSet::EMPTY,
            regs: [None; 32],
            slots: Vec::new(),
            first_slot,
            failed: None,
            target: Vec::new(),
            target_spills: 0,
            waiting: Vec::new(),
            cells: HashMap::new(),
            direct_cells: HashMap::new(),
            arriving: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// The first thing that went wrong, if anything did.
    pub(super) fn check(&mut self) -> Result<(), AssembleError> {
        self.failed.take().map_or(Ok(()), Err)
    }

    pub(super) fn fail(&mut self, error: AssembleError) {
        self.failed.get_or_insert(error);
    }

    pub(super) fn id(&self, r: Ref) -> Id {
        if r.is_const() { self.trace.ops.len() + r.index() } else { r.index() }
    }

    /// The constant that `r` is.
    pub(super) fn konst(&self, r: Ref) -> Option<u64> {
        self.vals[self.id(r)].konst
    }

    pub(super) fn class(&self, id: Id) -> Class {
        self.vals[id].class
    }

    pub(super) fn is_live(&self, id: Id) -> bool {
        self.vals[id].live != NEVER
    }

    /// Spill slots in use, those of the parent included.
    pub(super) fn spills(&self) -> u32 {
        self.first_slot + self.slots.len() as u32
    }

    pub(super) fn push(&mut self, inst: Inst) {
        self.out.push(inst);
    }

    /// Which value is in which register.
    pub(super) fn residents(&self) -> impl Iterator<Item = (Id, Reg)> {
        self.regs.iter().enumerate().filter_map(|(r, id)| Some(((*id)? as Id, Reg(r as u8))))
    }

    /// Appends instructions that stand in order of execution.
    pub(super) fn push_sequence(&mut self, sequence: &[Inst]) {
        self.out.extend(sequence.iter().rev());
    }

    /// The value is used below: it is alive from here upwards.
    pub(super) fn touch(&mut self, id: Id) {
        let val = &mut self.vals[id];
        if val.konst.is_none() && val.live == NEVER {
            val.live = self.live.len() as u32;
            val.until = val.until.max(self.pos as u32);
            self.live.push(id as u32);
        }
    }

    /// The value is not alive above this point.
    pub(super) fn end(&mut self, id: Id) {
        let at = std::mem::replace(&mut self.vals[id].live, NEVER);
        if at != NEVER {
            self.live.swap_remove(at as usize);
            if let Some(&moved) = self.live.get(at as usize) {
                self.vals[moved as usize].live = at;
            }
        }
        if let Some(r) = self.vals[id].reg.take() {
            self.vacate(r);
        }
    }

    fn vacate(&mut self, r: Reg) {
        self.regs[r.0 as usize] = None;
        self.free.add(r);
    }

    /// Puts a value into a free register; `hard` if an instruction needs it there.
    pub(super) fn settle(&mut self, id: Id, r: Reg, hard: bool) {
        debug_assert!(self.free.has(r) && self.vals[id].reg.is_none(), "{r:?} for value {id}");
        self.touch(id);
        self.free.remove(r);
        if let Some(hint) = self.vals[id].hint {
            self.reserved.remove(hint);
        }
        self.regs[r.0 as usize] = Some(id as u32);
        self.vals[id].reg = Some(r);
        self.vals[id].stay = self.stays.len();
        self.stays.push(Stay { reg: r, hard, dropped: None });
    }

    /// The definition of the op at the current position: where its result goes, if anybody wants it. The register is
    /// free afterwards: operands that end here may take it.
    pub(super) fn define(&mut self) -> Option<Reg> {
        let id = self.pos;
        if !self.is_live(id) {
            return None;
        }
        let r = match self.vals[id].reg {
            Some(r) => r,
            None => {
                let r = self.pick(id, self.class(id).all(), &[]);
                self.settle(id, r, false);
                r
            }
        };
        if let Some(slot) = self.vals[id].slot {
            self.push(moves::store(Mem::spill(slot), r));
        }
        if CHECKED {
            self.push(Inst::Note(Note::Define(id, r)));
        }
        self.end(id);
        Some(r)
    }

    /// Like `define`, but an unused result goes to a register as well.
    pub(super) fn define_or_temporary(&mut self) -> Reg {
        match self.define() {
            Some(r) => r,
            None => self.temporary(self.class(self.pos), RegSet::EMPTY),
        }
    }

    /// A register that an instruction of the current op may destroy; not pinned.
    pub(super) fn temporary(&mut self, class: Class, except: RegSet) -> Reg {
        let allowed = class.all().without(except);
        let candidates = self.free.and(allowed).without(self.pinned);
        candidates.without(self.reserved).first().or(candidates.first()).unwrap_or_else(|| {
            let r = self.choose_victim(allowed);
            self.evict(r);
            r
        })
    }

    /// The register in which an instruction of the current op finds the value; pinned.
    pub(super) fn need(&mut self, r: Ref, allowed: RegSet, prefer: &[Reg]) -> Reg {
        let id = self.id(r);
        let reg = match self.vals[id].reg {
            Some(reg) if allowed.has(reg) => {
                self.stays[self.vals[id].stay].hard = true;
                reg
            }
            Some(old) => {
                // It lives on in `old`: copy it there afterwards.
                let reg = self.pick(id, allowed, prefer);
                self.relocate(old, reg);
                reg
            }
            None => {
                let reg = self.pick(id, allowed, prefer);
                self.settle(id, reg, true);
                reg
            }
        };
        self.vals[id].seen += 1;
        self.pinned.add(reg);
        if CHECKED {
            self.notes.push(Note::Use(id, reg));
        }
        reg
    }

    /// All instructions of the current op are pushed: what it reads is noted before them.
    pub(super) fn push_notes(&mut self) {
        while let Some(note) = self.notes.pop() {
            self.push(Inst::Note(note));
        }
    }

    /// The value is in this register right here, between instructions of an op.
    pub(super) fn note_use(&mut self, r: Ref, reg: Reg) {
        if CHECKED {
            let id = self.id(r);
            self.push(Inst::Note(Note::Use(id, reg)));
        }
    }

    /// Any register of the value's class.
    pub(super) fn need_any(&mut self, r: Ref) -> Reg {
        let all = self.class(self.id(r)).all();
        self.need(r, all, &[])
    }

    /// The value in `old` is in `new` above this point.
    fn relocate(&mut self, old: Reg, new: Reg) {
        let Some(id) = self.regs[old.0 as usize] else { return };
        let id = id as usize;
        self.push(moves::copy(old, new));
        self.stays[self.vals[id].stay].hard = true;
        self.vals[id].reg = None;
        self.vacate(old);
        self.settle(id, new, true);
    }

    /// A free register for the value, made free if need be.
    fn pick(&mut self, id: Id, allowed: RegSet, prefer: &[Reg]) -> Reg {
        let candidates = self.free.and(allowed);
        if let Some(&r) = prefer.iter().find(|&&r| candidates.has(r)) {
            return r;
        }
        let candidates = candidates.without(self.pinned);
        if let Some(r) = self.vals[id].hint
            && candidates.has(r)
        {
            return r;
        }
        if let Some(r) = self.best_free(id, candidates) {
            return r;
        }
        let r = self.choose_victim(allowed);
        self.evict(r);
        r
    }

    /// Of these free registers the one that suits the value best.
    fn best_free(&self, id: Id, candidates: RegSet) -> Option<Reg> {
        let unreserved = candidates.without(self.reserved);
        let crosses = self.crosses_call(id);
        let good = |set: RegSet| {
            if crosses { set.without(CALLER_SAVED) } else { set.and(CALLER_SAVED) }
        };
        let order = |set: RegSet| self.class(id).order().iter().copied().find(|&r| set.has(r));
        order(good(unreserved)).or_else(|| order(unreserved)).or_else(|| order(candidates))
    }

    /// Is there a call between the definition of the value and here?
    fn crosses_call(&self, id: Id) -> bool {
        let calls = &self.facts.calls;
        id < self.trace.ops.len() && calls[self.pos.min(calls.len() - 1)] > calls[id + 1]
    }

    /// The register among `allowed` whose value is best put aside.
    fn choose_victim(&mut self, allowed: RegSet) -> Reg {
        let candidates = allowed.without(self.free).without(self.pinned);
        let best = candidates.iter().min_by_key(|&r| self.cost_of_eviction(r));
        match best {
            Some(r) => r,
            None => {
                // Cannot happen: no instruction needs that many registers. Stay safe all the same.
                self.fail(AssembleError::BadTrace("an op needs too many registers"));
                allowed.first().unwrap_or(Reg(0))
            }
        }
    }

    fn cost_of_eviction(&self, r: Reg) -> i64 {
        let Some(id) = self.regs[r.0 as usize] else { return i64::MIN };
        let id = id as usize;
        let val = &self.vals[id];
        let stay = &self.stays[val.stay];
        let (end, label) = (self.trace.ops.len(), self.facts.label);
        if id >= end {
            // A constant: loading it again is cheap.
            return if stay.hard { 150 } else { 100 };
        }
        let fact = &self.facts.values[id];
        let in_loop = self.facts.has_loop && self.pos > label;
        let invariant = in_loop && id < label;
        let used_above = if invariant { fact.in_body > val.seen } else { fact.hard > val.seen };
        let reload = if stay.hard || (invariant && used_above) { 200 } else { 0 };
        let spill = if val.slot.is_some() || invariant { 0 } else { 200 };
        // Far definitions keep a register busy for long.
        let distance = (self.pos - id.min(self.pos)).min(150) as i64;
        reload + spill - distance + if used_above { 20 } else { 0 }
    }

    /// Takes the register from its value: below this point it is reloaded.
    pub(super) fn evict(&mut self, r: Reg) {
        let Some(id) = self.regs[r.0 as usize] else { return };
        let id = id as usize;
        let stay = self.vals[id].stay;
        if let Some(bits) = self.vals[id].konst {
            if self.stays[stay].hard {
                self.push(moves::constant(r, bits));
            } else {
                self.stays[stay].dropped = Some(0);
            }
        } else {
            let slot = self.slot_for(id);
            if self.stays[stay].hard {
                self.push(moves::load(r, Mem::spill(slot)));
            } else {
                self.stays[stay].dropped = Some(slot);
            }
        }
        self.vals[id].reg = None;
        self.vacate(r);
    }

    /// Makes sure that no value which is alive below lies in these registers: the current op destroys them.
    pub(super) fn clobber(&mut self, set: RegSet) {
        for r in set.without(self.free).iter() {
            let Some(id) = self.regs[r.0 as usize] else { continue };
            let stay = self.stays[self.vals[id as usize].stay];
            let elsewhere = self.free.and(r.class().all()).without(set).without(self.pinned);
            let konst = self.vals[id as usize].konst.is_some();
            match self.best_free(id as usize, elsewhere) {
                Some(new) if stay.hard && !konst => self.relocate(r, new),
                _ => self.evict(r),
            }
        }
    }

    /// The spill slot of a value. A slot is shared by values whose lives do not overlap.
    pub(super) fn slot_for(&mut self, id: Id) -> u32 {
        if let Some(slot) = self.vals[id].slot {
            return slot;
        }
        let last = self.facts.values[id].last.max(self.vals[id].until);
        let slot = self.new_slot(id as u32, last);
        self.vals[id].slot = Some(slot);
        slot
    }

    /// A slot that is not in use from position `first` to position `last`.
    pub(super) fn new_slot(&mut self, first: u32, last: u32) -> u32 {
        let reusable = self.slots.iter().position(|&start| last <= start);
        let index = reusable.unwrap_or_else(|| {
            self.slots.push(0);
            self.slots.len() - 1
        });
        self.slots[index] = first;
        let slot = self.first_slot + index as u32;
        if slot as usize >= SPILL_SLOTS {
            self.fail(AssembleError::TooManySpills);
            return 0;
        }
        slot
    }

    /// Gives a value that only exits want a place: a register if there are plenty, else its slot.
    fn lodge(&mut self, id: Id) {
        if self.vals[id].reg.is_some() || self.vals[id].slot.is_some() {
            return;
        }
        let mut candidates = self.free.and(self.class(id).all()).without(self.pinned);
        if let Some(r) = self.vals[id].hint
            && candidates.has(r)
        {
            return self.settle(id, r, false);
        }
        candidates = candidates.without(self.reserved);
        if self.crosses_call(id) {
            candidates = candidates.without(CALLER_SAVED);
        }
        match self.best_free(id, candidates) {
            Some(r) if candidates.len() > 2 => self.settle(id, r, false),
            _ => {
                self.slot_for(id);
            }
        }
    }

    /// What an exit at the current position knows about a truth value that a guard tests.
    fn known(&self, id: Id) -> Option<u64> {
        let guard = self.facts.values[id].guard;
        if (self.pos as u32) < guard {
            return None;
        }
        let passes_if = self.trace.ops[guard as usize].code == crate::trace::Opcode::GuardTrue;
        Some(u64::from(passes_if == (self.pos as u32 > guard)))
    }

    /// The current op may leave here: notes where everything is. All registers of the op are allocated already.
    pub(super) fn record_exit(&mut self) -> u32 {
        let op = &self.trace.ops[self.pos];
        let Some(snap) = op.snap else {
            self.fail(AssembleError::BadTrace("a guard without snapshot"));
            return 0;
        };
        let snapshot = &self.trace.snapshots[snap.0 as usize];
        let mut live = Vec::with_capacity(self.live.len() + snapshot.slots.len());
        for r in snapshot.values() {
            let id = self.id(r);
            if !r.is_op() || self.trace.virtual_behind(r).is_some() {
                continue;
            }
            if let Some(bits) = self.vals[id].konst {
                live.push((id as u32, At::Const(Const { ty: self.trace.ty(r), bits })));
            } else if let Some(bits) = self.known(id) {
                live.push((id as u32, At::Const(Const { ty: Ty::Bool, bits })));
            } else {
                self.touch(id);
                self.lodge(id);
            }
        }
        for &id in &self.live {
            let val = &self.vals[id as usize];
            match (val.reg, val.slot) {
                (Some(_), _) => live.push((id, At::Stay(val.stay))),
                (None, Some(slot)) => live.push((id, At::Slot(slot))),
                (None, None) => {
                    debug_assert!(false, "value {id} is alive, but nowhere");
                    self.failed.get_or_insert(AssembleError::BadTrace("a value lies nowhere"));
                }
            }
        }
        self.exits.push(PendingExit { op: self.pos, snap, live, undo: None });
        self.exits.len() as u32 - 1
    }

    /// Index of a constant in the pool.
    pub(super) fn pool_entry(&mut self, first: u64, second: Option<u64>) -> u32 {
        let entry = (first, second);
        let found = self.pool.iter().position(|&e| e == entry);
        found.unwrap_or_else(|| {
            self.pool.push(entry);
            self.pool.len() - 1
        }) as u32
    }
}
