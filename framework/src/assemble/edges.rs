//! Where a trace begins, jumps and loops: values have to be in agreed places there.
//!
//! ```text
//! preamble     phis' first values and imports go to their places at the label
//! label entry  from here on for jumps from other traces: constants and copies in memory that the loop wants
//! loop head    moves from the places at the label to where the body wants them: usually none
//! body
//! jump         phis' next values go to their places at the label; imports are there already
//! ```
//! The places of the phis are chosen at the jump, where the backward pass starts; what the body would like instead shows at
//! its top. An import stays in its register around the loop if nothing took it away, else the label has it in a slot.
//!
//! Guarantees: every way into the loop establishes the same places.

use super::allocate::{Alloc, Id};
use super::moves::{self, Move, Place, Source, parallel_move};
use super::regs::{CALLER_SAVED, Class, Reg, RegSet};
use super::x64::{Goal, Inst, Mem};
use super::{AssembleError, EntryFrom, Loc, Piece, TargetInfo};
use crate::trace::{Const, Op, Opcode, Ref, Target, TraceId, Ty};

/// What the jump at the end of the loop assumed.
#[derive(Default)]
pub(super) struct LoopState {
    /// Place of each phi; none if nobody uses it.
    phis: Vec<Option<Place>>,
    /// Imports and constants that were given registers, with the stays.
    kept: Vec<(Id, Reg, usize)>,
    /// The answer for `LabelEntry`.
    pub(super) locs: Vec<Loc>,
}

impl LoopState {
    fn kept(&self, id: Id) -> Option<(Reg, usize)> {
        self.kept.iter().find(|k| k.0 == id).map(|k| (k.1, k.2))
    }
}

/// General registers that phis leave to the rest of the loop.
const LEAVE_GPRS: usize = 3;
/// The same for float registers.
const LEAVE_XMMS: usize = 3;

impl Alloc<'_> {
    /// The terminator `jump`.
    pub(super) fn select_jump(
        &mut self,
        op: &Op,
        id: TraceId,
        resolve: &dyn Fn(TraceId) -> Option<TargetInfo>,
    ) -> Result<Option<LoopState>, AssembleError> {
        let values: Vec<Ref> = self.trace.list(op).to_vec();
        match self.trace.target(op) {
            Target::Label => {
                self.push(Inst::Jump(Goal::Head));
                return Ok(Some(self.close_loop(&values)));
            }
            Target::Loop { trace, base } => {
                let target = resolve(trace).ok_or(AssembleError::UnknownTarget(trace))?;
                let label = target.label.ok_or(AssembleError::UnknownTarget(trace))?;
                if label.locs.len() != values.len() {
                    return Err(AssembleError::BadTrace("a jump passes the wrong values"));
                }
                self.leave_to(Goal::Address(label.address), base)?;
                self.target_spills = target.spills;
                self.target = label.locs.clone();
                let wants = label.locs.iter().zip(&values);
                let wants: Vec<(Place, Ref)> =
                    wants.filter_map(|(&loc, &r)| Some((place(loc)?, r))).collect();
                self.establish(&wants);
            }
            Target::Entry { trace, base } if trace == id => self.leave_to(Goal::Entry, base)?,
            Target::Entry { trace, base } => {
                let target = resolve(trace).ok_or(AssembleError::UnknownTarget(trace))?;
                self.leave_to(Goal::Address(target.entry), base)?;
            }
        }
        Ok(None)
    }

    fn leave_to(&mut self, goal: Goal, base: i32) -> Result<(), AssembleError> {
        self.push(Inst::Jump(goal));
        if base != 0 {
            let bytes = base.checked_mul(8).ok_or(AssembleError::OutOfReach)?;
            self.push(Inst::MoveBase(bytes));
        }
        Ok(())
    }

    /// Puts values into the given places, which are all different.
    ///
    /// A value that is not needed below lives in its place from here upwards; what cannot is moved.
    pub(super) fn establish(&mut self, wants: &[(Place, Ref)]) {
        let mut rest: Vec<(Place, Ref)> = Vec::new();
        for &(place, r) in wants {
            let id = self.id(r);
            let settled = self.vals[id].reg.is_some() || self.vals[id].konst.is_some();
            match place {
                Place::Reg(reg)
                    if !settled && self.free.has(reg) && reg.class() == self.class(id) =>
                {
                    self.settle(id, reg, true);
                }
                _ => rest.push((place, r)),
            }
        }
        self.move_into(&rest);
    }

    /// Moves values from wherever they are into these places, which hold nothing that is needed above.
    fn move_into(&mut self, wants: &[(Place, Ref)]) {
        let moves: Vec<Move> = wants.iter().map(|&(to, r)| (to, self.source(r))).collect();
        let mut sequence = Vec::new();
        parallel_move(&moves, self.free, &mut sequence);
        self.push_sequence(&sequence);
    }

    /// Where a value is; it gets a place if it has none.
    fn source(&mut self, r: Ref) -> Source {
        let id = self.id(r);
        if let Some(bits) = self.vals[id].konst {
            return Source::Const(bits);
        }
        self.touch(id);
        if let Some(reg) = self.vals[id].reg {
            self.stays[self.vals[id].stay].hard = true;
            return Source::Place(Place::Reg(reg));
        }
        if let Some(slot) = self.vals[id].slot {
            return Source::Place(Place::Slot(slot));
        }
        let class = self.class(id);
        match self.free.and(class.all()).first() {
            Some(reg) => {
                self.settle(id, reg, true);
                Source::Place(Place::Reg(reg))
            }
            None => Source::Place(Place::Slot(self.slot_for(id))),
        }
    }

    /// The jump back to the label.
    fn close_loop(&mut self, values: &[Ref]) -> LoopState {
        let mut state = LoopState { phis: self.choose_phi_places(values), ..LoopState::default() };
        let mut taken = RegSet::EMPTY;
        let label = self.facts.label;
        let mut rest: Vec<(Place, Ref)> = Vec::new();
        for (k, &r) in values.iter().enumerate() {
            let Some(place) = state.phis.get(k).copied().flatten() else { continue };
            let id = self.id(r);
            if let Place::Reg(reg) = place {
                taken.add(reg);
                self.vals[label + 1 + k].hint = Some(reg);
            }
            let own = r.is_op() && id > label;
            match place {
                Place::Reg(reg) if own && self.vals[id].reg.is_none() => {
                    self.settle(id, reg, true);
                }
                _ => rest.push((place, r)),
            }
        }
        self.keep_invariants(taken, &mut state);
        // Places of phis that are moved to are not for temporaries.
        let free = self.free;
        self.free = self.free.without(taken);
        self.move_into(&rest);
        self.free = self.free.or(free.and(taken));
        self.reserved = taken;
        state
    }

    /// Registers for the phis that are used most, slots for the rest.
    fn choose_phi_places(&mut self, values: &[Ref]) -> Vec<Option<Place>> {
        let (label, end) = (self.facts.label, self.trace.ops.len());
        let mut order: Vec<(u32, usize)> = Vec::with_capacity(values.len());
        for (k, &r) in values.iter().enumerate() {
            let fact = &self.facts.values[label + 1 + k];
            if fact.hard == 0 && fact.first_soft == u32::MAX {
                continue;
            }
            let next = if r.is_op() { self.facts.values[r.index()].in_body } else { 0 };
            order.push((fact.in_body * 2 + next, k));
        }
        order.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        let calls = self.facts.calls[end] > self.facts.calls[label];
        let mut room = [registers(Class::Gpr, calls), registers(Class::Xmm, calls)];
        let keep = [LEAVE_GPRS, LEAVE_XMMS];
        let mut places = vec![None; values.len()];
        for (_, k) in order {
            let class = self.class(label + 1 + k);
            let (room, keep) = (&mut room[class as usize], keep[class as usize]);
            places[k] = Some(if room.len() > keep {
                Place::Reg(room.remove(0))
            } else {
                let slot = self.new_slot(label as u32, end as u32);
                self.vals[label + 1 + k].slot = Some(slot);
                Place::Slot(slot)
            });
        }
        places
    }

    /// Imports and constants that the body uses stay in the registers that are left over, as long as nobody else
    /// needs those.
    fn keep_invariants(&mut self, taken: RegSet, state: &mut LoopState) {
        let (label, end) = (self.facts.label, self.trace.ops.len());
        let mut order: Vec<(u32, Id)> = Vec::new();
        for &r in &self.trace.imports {
            let id = self.id(r);
            if self.vals[id].konst.is_none() {
                self.touch(id);
            }
            order.push((self.facts.values[id].in_body * 2, id));
        }
        for (c, &uses) in self.facts.constants.iter().enumerate() {
            order.push((uses, end + c));
        }
        order.retain(|&(weight, id)| weight > 0 && (id >= end || self.vals[id].konst.is_none()));
        order.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        let calls = self.facts.calls[end] > self.facts.calls[label];
        for (_, id) in order {
            let mut free = self.free.without(taken).and(self.class(id).all());
            if calls {
                free = free.without(CALLER_SAVED);
            }
            let reg = self.class(id).order().iter().copied().find(|&r| free.has(r));
            if let Some(reg) = reg {
                self.settle(id, reg, false);
                state.kept.push((id, reg, self.vals[id].stay));
            }
        }
        // What got no register lies in its slot.
        for &r in &self.trace.imports {
            let id = self.id(r);
            if self.vals[id].reg.is_none() && self.vals[id].konst.is_none() {
                self.slot_for(id);
            }
        }
    }

    /// The label, reached from below: the body's wishes meet what the jump assumed.
    pub(super) fn select_label(&mut self, op: &Op, state: &mut LoopState) {
        let label = self.pos;
        let mut head: Vec<Move> = Vec::new();
        let mut entry: Vec<Inst> = Vec::new();
        let mut wants: Vec<(Place, Ref)> = Vec::new();
        let mut locs = Vec::new();
        for (k, &init) in self.trace.list(op).iter().enumerate() {
            let Some(place) = state.phis.get(k).copied().flatten() else {
                locs.push(Loc::Const(Const { ty: Ty::Int, bits: 0 }));
                continue;
            };
            locs.push(loc(place));
            wants.push((place, init));
            self.move_from(label + 1 + k, place, &mut head);
        }
        for i in 0..self.trace.imports.len() {
            let import = self.trace.imports[i];
            let id = self.id(import);
            if let Some(bits) = self.vals[id].konst {
                locs.push(Loc::Const(Const { ty: self.trace.ty(import), bits }));
                continue;
            }
            let place = self.import_place(id, state);
            locs.push(loc(place));
            match (place, self.vals[id].slot) {
                (Place::Reg(r), Some(slot)) => entry.push(moves::store(Mem::spill(slot), r)),
                (Place::Slot(_), _) => self.move_from(id, place, &mut head),
                _ => {}
            }
            wants.push((place, import));
        }
        self.constants_at_label(state, &mut head, &mut entry);
        let mut sequence = Vec::new();
        parallel_move(&head, self.free, &mut sequence);
        self.push_sequence(&sequence);
        self.push(Inst::Piece(Piece::LoopHead));
        self.push(Inst::Head);
        self.push_sequence(&entry);
        self.push(Inst::LabelEntry);
        self.push(Inst::Piece(Piece::LabelEntry));
        self.forget_body(&wants);
        self.establish(&wants);
        state.locs = locs;
    }

    /// Where an import has to be at the label.
    fn import_place(&mut self, id: Id, state: &LoopState) -> Place {
        if let Some((reg, stay)) = state.kept(id)
            && self.vals[id].reg == Some(reg)
            && self.stays[stay].dropped.is_none()
        {
            return Place::Reg(reg);
        }
        Place::Slot(self.slot_for(id))
    }

    /// Moves at the loop head from the place at the label to where the body wants the value.
    pub(super) fn move_from(&mut self, id: Id, place: Place, head: &mut Vec<Move>) {
        let val = self.vals[id];
        if !self.is_live(id) {
            return;
        }
        let wanted = [val.reg.map(Place::Reg), val.slot.map(Place::Slot)];
        for to in wanted.into_iter().flatten().filter(|&to| to != place) {
            head.push((to, Source::Place(place)));
        }
    }

    /// Constants that the body has in registers at its top: loaded before the loop if they stay there.
    fn constants_at_label(
        &mut self,
        state: &LoopState,
        head: &mut Vec<Move>,
        entry: &mut Vec<Inst>,
    ) {
        for (id, reg, bits) in self.constants_in_registers() {
            let stays = &self.stays;
            let kept = state.kept(id);
            if kept.is_some_and(|(r, stay)| r == reg && stays[stay].dropped.is_none()) {
                entry.push(moves::constant(reg, bits));
            } else {
                head.push((Place::Reg(reg), Source::Const(bits)));
            }
        }
    }

    /// Constants that instructions below expect in registers.
    pub(super) fn constants_in_registers(&self) -> Vec<(Id, Reg, u64)> {
        let mut found = Vec::new();
        for (id, r) in self.residents() {
            if let Some(bits) = self.vals[id].konst
                && self.stays[self.vals[id].stay].hard
            {
                found.push((id, r, bits));
            }
        }
        found
    }

    /// The top of the trace: loads the constants that stayed in registers.
    pub(super) fn select_top(&mut self) {
        for (id, r, bits) in self.constants_in_registers() {
            self.push(moves::constant(r, bits));
            self.end(id);
        }
    }

    /// Above the label nothing is in a register, and imports are in memory only if the label wants them there.
    fn forget_body(&mut self, wants: &[(Place, Ref)]) {
        for id in 0..self.vals.len() {
            self.end(id);
        }
        self.reserved = RegSet::EMPTY;
        for &(place, r) in wants {
            let id = self.id(r);
            let imported = r.is_op() && self.trace.imports.binary_search(&r).is_ok();
            match place {
                Place::Slot(_) if imported && self.vals[id].slot == slot_of(place) => {
                    self.touch(id);
                }
                Place::Reg(_) if imported => self.vals[id].slot = None,
                _ => {}
            }
        }
    }

    /// The values that a bridge finds in its parent's registers and slots.
    pub(super) fn admit_inputs(&mut self, entry: &EntryFrom<'_>) -> Result<(), AssembleError> {
        let trace = self.trace;
        let inputs = trace.ops.iter().take_while(|op| op.code == Opcode::Input);
        for (id, op) in inputs.enumerate() {
            let EntryFrom::Exit { exit, .. } = entry else {
                return Err(AssembleError::BadTrace("inputs without a parent"));
            };
            let parents = Ref::op(op.aux as usize);
            let place =
                exit.loc(parents).ok_or(AssembleError::BadTrace("input of a dead value"))?;
            let val = &mut self.vals[id];
            match place {
                Loc::Gpr(r) => val.hint = Some(Reg(r)),
                Loc::Xmm(r) => val.hint = Some(Reg(r + 16)),
                Loc::Spill(slot) => val.slot = Some(slot),
                Loc::Const(c) => val.konst = Some(c.bits),
            }
        }
        Ok(())
    }

    /// The top of a bridge: from where the parent left its values to where the bridge wants them.
    pub(super) fn select_inputs(&mut self, count: usize, entry: &EntryFrom<'_>) {
        let EntryFrom::Exit { exit, .. } = entry else { return };
        let mut moves: Vec<Move> = Vec::new();
        for id in 0..count {
            let from = exit.loc(Ref::op(self.trace.ops[id].aux as usize)).and_then(place);
            let Some(from) = from else { continue };
            self.move_from(id, from, &mut moves);
        }
        let mut sequence = Vec::new();
        parallel_move(&moves, self.free, &mut sequence);
        self.push_sequence(&sequence);
        for id in 0..count {
            self.end(id);
        }
    }
}

/// Registers for phis in the order in which they are given away.
fn registers(class: Class, calls: bool) -> Vec<Reg> {
    let order = class.order().iter().copied();
    if !calls {
        return order.collect();
    }
    let (lost, kept): (Vec<Reg>, Vec<Reg>) = order.partition(|&r| CALLER_SAVED.has(r));
    kept.into_iter().chain(lost).collect()
}

fn slot_of(place: Place) -> Option<u32> {
    match place {
        Place::Slot(slot) => Some(slot),
        Place::Reg(_) => None,
    }
}

fn loc(place: Place) -> Loc {
    match place {
        Place::Reg(r) if r.is_xmm() => Loc::Xmm(r.code()),
        Place::Reg(r) => Loc::Gpr(r.code()),
        Place::Slot(slot) => Loc::Spill(slot),
    }
}

/// The place that `loc` is, unless it is a constant.
pub(super) fn place(loc: Loc) -> Option<Place> {
    match loc {
        Loc::Gpr(r) => Some(Place::Reg(Reg(r))),
        Loc::Xmm(r) => Some(Place::Reg(Reg(r + 16))),
        Loc::Spill(slot) => Some(Place::Slot(slot)),
        Loc::Const(_) => None,
    }
}
