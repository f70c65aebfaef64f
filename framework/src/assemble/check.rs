//! A checker of the register allocation: follows every value through the finished instructions.
//!
//! It knows which value each register and slot holds after each instruction: moves copy that knowledge, other instructions
//! destroy what they write, and the selector's notes say where an op reads its operands and leaves its result. At the loop head it
//! assumes what every way into the loop establishes, found by repetition. Runs on every trace in debug builds and tests.
//!
//! Guarantees: if it accepts, every op reads the values it should, every exit finds its values where its table says, and
//! every jump establishes what its target expects, provided that [`Inst::effects`] tells the truth.

use super::compile::Finished;
use super::edges::place;
use super::moves::Place;
use super::x64::{Goal, Inst, Mem, Note, Size};
use super::{EntryFrom, Exit, Loc};
use crate::trace::{Opcode, Ref, Trace};
use std::collections::HashMap;

/// What a register or slot is known to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    Value(usize),
    Bits(u64),
}

type State = HashMap<PlaceKey, Vec<Held>>;

/// A place as a number: registers, then slots.
type PlaceKey = u32;

fn key(place: Place) -> PlaceKey {
    match place {
        Place::Reg(r) => r.0.into(),
        Place::Slot(slot) => 32 + slot,
    }
}

struct Checker<'a> {
    trace: &'a Trace,
    code: &'a Finished<'a>,
    /// Values that are constants although ops define them: inputs.
    constant_inputs: HashMap<usize, u64>,
    state: State,
    /// What holds at the loop head.
    head: Option<State>,
}

/// Looks at finished instructions; the error names what is wrong and where.
pub(super) fn check(
    trace: &Trace,
    entry: &EntryFrom<'_>,
    code: &Finished<'_>,
) -> Result<(), String> {
    let mut constant_inputs = HashMap::new();
    let mut state = State::new();
    if let EntryFrom::Exit { exit, .. } = entry {
        for (id, op) in trace.ops.iter().enumerate().take_while(|(_, op)| op.code == Opcode::Input)
        {
            match exit.loc(Ref::op(op.aux as usize)) {
                Some(Loc::Const(c)) => {
                    constant_inputs.insert(id, c.bits);
                }
                Some(loc) => {
                    let held = place(loc).map(|p| state.entry(key(p)).or_default());
                    held.into_iter().for_each(|held| held.push(Held::Value(id)));
                }
                None => return Err(format!("input {id} is dead in the parent")),
            }
        }
    }
    let mut checker = Checker { trace, code, constant_inputs, state, head: None };
    let head = code.insts.iter().position(|inst| *inst == Inst::Head);
    checker.run(0, head.unwrap_or(code.insts.len()))?;
    let Some(head) = head else { return Ok(()) };
    // What holds at the head on every way in: less with each repetition, until it stays.
    loop {
        let assumed = checker.state.clone();
        checker.head = Some(assumed.clone());
        checker.run(head, code.insts.len())?;
        let kept = checker.head.take().unwrap_or_default();
        if kept == assumed {
            return Ok(());
        }
        checker.state = kept;
    }
}

impl Checker<'_> {
    fn run(&mut self, first: usize, end: usize) -> Result<(), String> {
        for i in first..end {
            let inst = self.code.insts[i];
            self.step(&inst).map_err(|why| format!("instruction {i}, {inst:?}: {why}"))?;
        }
        Ok(())
    }

    fn step(&mut self, inst: &Inst) -> Result<(), String> {
        match *inst {
            Inst::Mov(d, s) | Inst::FMov(d, s) | Inst::MovQ(d, s) => {
                self.copy(Place::Reg(d), Place::Reg(s));
            }
            Inst::Load(Size::Word, d, m) | Inst::FLoad(d, m) if m.as_spill().is_some() => {
                self.copy(Place::Reg(d), slot(m));
            }
            Inst::Store(Size::Word, m, s) | Inst::FStore(m, s) if m.as_spill().is_some() => {
                self.copy(slot(m), Place::Reg(s));
            }
            Inst::MoveSlot(d, s) => self.copy(Place::Slot(d), Place::Slot(s)),
            Inst::MovImm(d, imm) => self.set(Place::Reg(d), Held::Bits(imm as u64)),
            Inst::FConst(d, bits) => self.set(Place::Reg(d), Held::Bits(bits)),
            Inst::FZero(d) => self.set(Place::Reg(d), Held::Bits(0)),
            Inst::StoreImm(Size::Word, m, imm) if m.as_spill().is_some() => {
                self.set(slot(m), Held::Bits(imm as i64 as u64));
            }
            Inst::Note(Note::Use(id, r)) => self.expect(self.held(id), Place::Reg(r))?,
            Inst::Note(Note::Define(id, r)) => self.define(id, Place::Reg(r)),
            Inst::ExitIf(_, exit)
            | Inst::ExitIfEqual(exit)
            | Inst::ExitUnlessEqual(exit)
            | Inst::Exit(exit)
            | Inst::Patchable(exit) => self.exit(exit)?,
            Inst::CallGuest { site, .. } => {
                self.waiting(site)?;
                self.destroy(inst);
            }
            Inst::DirectEntry { .. } => self.direct_entry()?,
            Inst::LabelEntry => self.label()?,
            Inst::Jump(Goal::Head) => self.back_edge()?,
            Inst::Jump(Goal::Address(_)) => self.arrive()?,
            _ => self.destroy(inst),
        }
        Ok(())
    }

    fn destroy(&mut self, inst: &Inst) {
        let effects = inst.effects();
        for r in effects.writes.iter() {
            self.state.remove(&key(Place::Reg(r)));
        }
        if let Some(slot) = effects.writes_slot {
            self.state.remove(&key(Place::Slot(slot)));
        }
    }

    /// What waits for a call is where the call's table says.
    fn waiting(&self, site: u32) -> Result<(), String> {
        for &(slot, r, loc) in &self.code.waiting[site as usize].slots {
            let Some(place) = place(loc) else { continue };
            self.expect(self.held_ref(r), place).map_err(|e| format!("slot {slot} waits: {e}"))?;
        }
        Ok(())
    }

    fn held(&self, id: usize) -> Held {
        let ops = self.trace.ops.len();
        match self.constant_inputs.get(&id) {
            Some(&bits) => Held::Bits(bits),
            None if id >= ops => Held::Bits(self.trace.consts[id - ops].bits),
            None => Held::Value(id),
        }
    }

    fn held_ref(&self, r: Ref) -> Held {
        self.held(if r.is_const() { self.trace.ops.len() + r.index() } else { r.index() })
    }

    fn copy(&mut self, to: Place, from: Place) {
        match self.state.get(&key(from)).cloned() {
            Some(held) => self.state.insert(key(to), held),
            None => self.state.remove(&key(to)),
        };
    }

    fn set(&mut self, place: Place, held: Held) {
        self.state.insert(key(place), vec![held]);
    }

    /// A new value: the one of an earlier iteration is no longer around.
    fn define(&mut self, id: usize, place: Place) {
        self.forget(|held| held == Held::Value(id));
        self.set(place, Held::Value(id));
    }

    fn forget(&mut self, which: impl Fn(Held) -> bool) {
        for held in self.state.values_mut() {
            held.retain(|&h| !which(h));
        }
        self.state.retain(|_, held| !held.is_empty());
    }

    fn expect(&self, value: Held, place: Place) -> Result<(), String> {
        let held = self.state.get(&key(place)).map_or(&[][..], Vec::as_slice);
        if held.contains(&value) {
            return Ok(());
        }
        Err(format!("{place:?} should hold {value:?}, but holds {held:?}"))
    }

    /// The table of an exit is right, if the stub undoes what the instruction did.
    fn exit(&self, index: u32) -> Result<(), String> {
        let exit: &Exit = &self.code.exits[index as usize];
        let needed = self.trace.snapshots[exit.snap.0 as usize].values().filter(|r| r.is_op());
        for r in needed.filter(|&r| self.trace.virtual_behind(r).is_none()) {
            if exit.loc(r).is_none() {
                return Err(format!("exit {index} needs {r:?}, which is nowhere"));
            }
        }
        let undone = self.code.undo[index as usize].map(|inst| inst.effects().writes);
        for &(r, loc) in &exit.live {
            let Some(place) = place(loc) else { continue };
            if let (Place::Reg(reg), Some(undone)) = (place, undone)
                && undone.has(reg)
            {
                continue;
            }
            self.expect(self.held_ref(r), place).map_err(|e| format!("exit {index}: {e}"))?;
        }
        Ok(())
    }

    /// At the second entry the arguments that are used are in their registers, however it is reached; from here on only that is known.
    fn direct_entry(&mut self) -> Result<(), String> {
        let mut state = State::new();
        for &(id, reg) in self.code.arriving {
            self.expect(Held::Value(id), Place::Reg(reg))
                .map_err(|e| format!("second entry: {e}"))?;
            state.entry(key(Place::Reg(reg))).or_default().push(Held::Value(id));
        }
        self.state = state;
        Ok(())
    }

    /// The preamble has put everything in its place; from here on only that is known.
    fn label(&mut self) -> Result<(), String> {
        let Some(label) = self.trace.label() else { return Ok(()) };
        let op = &self.trace.ops[label];
        let list = self.trace.list(op);
        let mut state = State::new();
        let firsts = list.iter().enumerate().map(|(k, &r)| (Held::Value(label + 1 + k), r));
        let imports = self.trace.imports.iter().map(|&r| (self.held_ref(r), r));
        for ((becomes, r), &loc) in firsts.chain(imports).zip(self.code.locs) {
            let Some(place) = place(loc) else { continue };
            self.expect(self.held_ref(r), place).map_err(|e| format!("label: {e}"))?;
            state.entry(key(place)).or_default().push(becomes);
        }
        self.state = state;
        Ok(())
    }

    /// Back at the loop head: phis have their next values, the body's values are gone.
    fn back_edge(&mut self) -> Result<(), String> {
        let Some(label) = self.trace.label() else { return Ok(()) };
        let op = &self.trace.ops[self.trace.ops.len() - 1];
        let list = self.trace.list(op).to_vec();
        let mut next = Vec::new();
        for (k, (&r, &loc)) in list.iter().zip(self.code.locs).enumerate() {
            let Some(place) = place(loc) else { continue };
            self.expect(self.held_ref(r), place).map_err(|e| format!("jump: {e}"))?;
            next.push((place, label + 1 + k));
        }
        self.forget(|held| matches!(held, Held::Value(id) if id > label));
        for (place, phi) in next {
            self.state.entry(key(place)).or_default().push(Held::Value(phi));
        }
        if let Some(head) = &mut self.head {
            for (place, held) in head.iter_mut() {
                let here = self.state.get(place).map_or(&[][..], Vec::as_slice);
                held.retain(|h| here.contains(h));
            }
            head.retain(|_, held| !held.is_empty());
        }
        Ok(())
    }

    /// A jump to another trace's loop.
    fn arrive(&self) -> Result<(), String> {
        let list = self.trace.list(&self.trace.ops[self.trace.ops.len() - 1]);
        for (&r, &loc) in list.iter().zip(self.code.target) {
            let Some(place) = place(loc) else { continue };
            self.expect(self.held_ref(r), place).map_err(|e| format!("jump: {e}"))?;
        }
        Ok(())
    }
}

fn slot(m: Mem) -> Place {
    Place::Slot(m.as_spill().unwrap_or(u32::MAX - 32))
}
