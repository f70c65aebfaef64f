//! Calls out of the trace, and allocation.
//!
//! Guarantees: before a call every value that lives on lies in a callee-saved register or in its slot.

use crate::assemble::allocate::{Alloc, Waiting};
use crate::assemble::facts::inline_len;
use crate::assemble::moves::{self, Move, Place, Source, parallel_move};
use crate::assemble::regs::{ARGS, CALLER_SAVED, CONTEXT, Class, RAX, RBP, RDX, RegSet};
use crate::assemble::x64::{Callee, Inst};
use crate::assemble::{AssembleError, Loc};
use crate::run::Context;
use crate::trace::{Const, Op, Opcode, Ref};
use std::mem::offset_of;

/// A word that a call passes.
#[derive(Clone, Copy)]
enum Arg {
    Value(Ref),
    Word(u64),
    /// The native frame.
    Frame,
}

impl Alloc<'_> {
    /// `call`, `call_void`.
    pub(super) fn select_call(&mut self, op: &Op) {
        let desc = op.call().get();
        let unused = op.code == Opcode::Call && !self.is_live(self.pos);
        if unused && !desc.effect.writes() && !desc.can_fail {
            return;
        }
        if desc.address == 0 {
            return self.fail(AssembleError::BadTrace("a call of a function without code"));
        }
        let values = self.trace.list(op).iter().map(|&r| Arg::Value(r));
        let frame = op.collects().then_some(Arg::Frame);
        let args: Vec<Arg> = values.chain(frame).collect();
        self.call_with(op.code == Opcode::Call, Callee::Address(desc.address), &args);
    }

    /// `new`, `new_array`.
    pub(super) fn select_new(&mut self, op: &Op) {
        let Some(len) = inline_len(self.trace, op) else {
            let len = if op.code == Opcode::New { Arg::Word(0) } else { Arg::Value(op.args[0]) };
            let callee = Callee::Field(offset_of!(Context, alloc) as i32);
            return self.call_with(true, callee, &[Arg::Word(op.aux.into()), len]);
        };
        let Some(dst) = self.define() else { return };
        self.pinned.add(dst);
        let tmp = self.temporary(Class::Gpr, RegSet::of(&[dst]));
        self.push(Inst::New { dst, tmp, layout: op.aux, len });
    }

    /// Is the op the `result_tag` of a `call_guest`?
    pub(super) fn follows_guest_call(&self) -> bool {
        self.pos > 0 && self.trace.ops[self.pos - 1].code == Opcode::CallGuest
    }

    /// `call_guest`, with the `result_tag` behind it.
    pub(super) fn select_call_guest(&mut self, op: &Op) {
        let Some(base) = self.konst(op.args[0]).and_then(|b| i32::try_from(b as i64 * 8).ok())
        else {
            return self.fail(AssembleError::OutOfReach);
        };
        let direct = self.trace.direct(op);
        let cell = match &direct {
            Some(direct) => self.direct_cells.get(&direct.number),
            None => self.cells.get(&op.aux),
        };
        let Some(&cell) = cell else {
            return self.fail(AssembleError::BadTrace("a guest function without a cell"));
        };
        let next = self.trace.ops.get(self.pos + 1).map(|op| op.code);
        let mut moves: Vec<Move> = Vec::new();
        let mut results = RegSet::EMPTY;
        if next == Some(Opcode::ResultTag) {
            self.pos += 1;
            let tag = self.define();
            self.pos -= 1;
            moves.extend(tag.map(|r| (Place::Reg(r), Source::Place(Place::Reg(RDX)))));
            tag.into_iter().for_each(|r| results.add(r));
        }
        self.pinned = results;
        let payload = self.define();
        moves.extend(payload.map(|r| (Place::Reg(r), Source::Place(Place::Reg(RAX)))));
        payload.into_iter().for_each(|r| results.add(r));
        self.pinned = results;
        self.clobber(Class::Gpr.all().or(Class::Xmm.all()));
        self.pinned = RegSet::EMPTY;
        let mut sequence = Vec::new();
        parallel_move(&moves, RegSet::EMPTY, &mut sequence);
        self.push_sequence(&sequence);
        let site = self.note_waiting(op, base / 8);
        self.push(Inst::CallGuest { cell, key: op.aux, base, site });
        direct.iter().for_each(|direct| self.select_passed(direct));
    }

    /// What waits for the call keeps a slot in the native frame; the number of the list where that is noted.
    fn note_waiting(&mut self, op: &Op, base: i32) -> u32 {
        let slots = self.trace.snapshot_of(op).map_or(&[][..], |snapshot| &snapshot.slots);
        let mut waiting = Waiting { base, slots: Vec::with_capacity(slots.len()) };
        for &(slot, r) in slots {
            let id = self.id(r);
            let loc = match self.vals[id].konst {
                Some(bits) => Loc::Const(Const { ty: self.trace.ty(r), bits }),
                None => {
                    self.touch(id);
                    Loc::Spill(self.slot_for(id))
                }
            };
            waiting.slots.push((slot, r, loc));
        }
        self.waiting.push(waiting);
        self.waiting.len() as u32 - 1
    }

    /// `finish`: nothing is alive behind it, so tag and payload may live in their registers from their definition on.
    pub(super) fn select_finish(&mut self, op: &Op) {
        let (tag, payload) = (op.args[0], op.args[1]);
        let Some(base) = (op.aux as i32).checked_mul(8) else {
            return self.fail(AssembleError::OutOfReach);
        };
        self.push(Inst::Return { base });
        self.note_use(payload, RAX);
        self.note_use(tag, RDX);
        self.establish(&[(Place::Reg(RAX), payload), (Place::Reg(RDX), tag)]);
    }

    fn call_with(&mut self, has_result: bool, callee: Callee, args: &[Arg]) {
        if args.len() >= ARGS.len() {
            return self.fail(AssembleError::BadTrace("a call with too many arguments"));
        }
        let d = if has_result { self.define() } else { None };
        d.into_iter().for_each(|d| self.pinned.add(d));
        self.clobber(CALLER_SAVED);
        self.pinned = RegSet::EMPTY;
        d.into_iter().for_each(|d| self.push(moves::copy(d, RAX)));
        self.push(Inst::Call(callee));
        self.push(Inst::Mov(ARGS[0], CONTEXT));
        for (&arg, &to) in args.iter().zip(&ARGS[1..]) {
            if let Arg::Value(r) = arg {
                self.note_use(r, to);
            }
        }
        let mut moves: Vec<Move> = Vec::with_capacity(args.len());
        for (&arg, &to) in args.iter().zip(&ARGS[1..]) {
            let from = match arg {
                Arg::Word(word) => Source::Const(word),
                Arg::Frame => Source::Place(Place::Reg(RBP)),
                Arg::Value(r) => self.argument(r, to),
            };
            moves.push((Place::Reg(to), from));
        }
        let mut sequence = Vec::new();
        let free = self.free.and(CALLER_SAVED).without(RegSet::of(&ARGS));
        parallel_move(&moves, free, &mut sequence);
        self.push_sequence(&sequence);
    }

    /// Where an argument comes from: the register it is passed in, if it can live there.
    fn argument(&mut self, r: Ref, to: crate::assemble::regs::Reg) -> Source {
        let id = self.id(r);
        if let Some(bits) = self.vals[id].konst {
            return Source::Const(bits);
        }
        if self.vals[id].reg.is_none() && self.class(id) == Class::Xmm {
            if let (true, Some(slot)) = (self.is_live(id), self.vals[id].slot) {
                return Source::Place(Place::Slot(slot));
            }
            let x = self.need_any(r);
            return Source::Place(Place::Reg(x));
        }
        let all = self.class(id).all();
        Source::Place(Place::Reg(self.need(r, all, &[to])))
    }
}
