//! A procedure under construction: instructions, slots, constants, captures.

use std::collections::{HashMap, HashSet};

use holloway::Val;

use crate::error::{Error, Kind, Result};
use crate::expand::{Var, Variable};
use crate::symbol::Sym;
use crate::syntax::Span;
use crate::vm::Code;
use crate::vm::op::{Op, Slot};

use super::liveness::dead_slots;
use super::uses::key;

/// Where the value of an expression goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// To a slot.
    Slot(Slot),
    /// It is that of the procedure.
    Tail,
    /// Nowhere.
    Effect,
}

/// Where a variable is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Location {
    /// In a slot.
    Slot(Slot),
    /// In the cell that a slot holds.
    Cell(Slot),
    /// A capture of the closure.
    Capture(u16),
    /// In the cell that is a capture.
    CaptureCell(u16),
    /// It is a loop, by number.
    Loop(usize),
}

impl Location {
    /// That of a variable whose value, or cell, is in a slot.
    pub(super) fn of(var: &Var, slot: Slot) -> Location {
        if var.in_cell() { Location::Cell(slot) } else { Location::Slot(slot) }
    }
}

/// A loop of the procedure.
pub(super) struct LoopState {
    pub(super) params: Vec<Var>,
    pub(super) slots: Vec<Slot>,
    /// Where its turns begin, once that is known.
    pub(super) start: Option<u32>,
    /// Jumps to it that came before.
    pub(super) entries: Vec<u32>,
}

/// See the module.
pub(super) struct Function {
    name: Option<Sym>,
    params: u16,
    rest: bool,
    /// The slots of parameters that it calls again and again.
    pub(super) called: Vec<Slot>,
    ops: Vec<Op>,
    spans: Vec<Span>,
    heights: Vec<u16>,
    consts: Vec<Val>,
    const_numbers: HashMap<Val, u16>,
    /// The place of what is being compiled.
    pub(super) span: Span,
    /// The first slot that is free.
    pub(super) next: Slot,
    size: Slot,
    pub(super) locations: HashMap<*const Variable, Location>,
    /// The values of those of these variables that are bound to constants, and never assigned.
    pub(super) known: HashMap<*const Variable, Val>,
    captures: Vec<Var>,
    pub(super) loops: Vec<LoopState>,
    /// Procedures that have a slot, but are not made yet.
    pub(super) pending: HashSet<*const Variable>,
    /// Can the next instruction be come to?
    pub(super) reachable: bool,
}

/// Slots beyond these cannot be addressed with their windows.
const MAX_SLOTS: u16 = 30_000;

impl Function {
    /// A procedure with these parameters.
    pub(super) fn new(name: Option<Sym>, params: &[Var], rest: bool) -> Function {
        let mut function = Function {
            name,
            params: params.len() as u16 - u16::from(rest),
            rest,
            called: Vec::new(),
            ops: Vec::new(),
            spans: Vec::new(),
            heights: Vec::new(),
            consts: Vec::new(),
            const_numbers: HashMap::new(),
            span: Span::none(),
            next: 2 + params.len() as u16,
            size: 4 + params.len() as u16,
            locations: HashMap::new(),
            known: HashMap::new(),
            captures: Vec::new(),
            loops: Vec::new(),
            pending: HashSet::new(),
            reachable: true,
        };
        for (param, slot) in params.iter().zip(2..) {
            function.locations.insert(key(param), Location::of(param, slot));
            if param.in_cell() {
                function.emit(Op::NewCell { d: slot, s: slot });
            }
        }
        function
    }

    /// The code, and what it captures.
    pub(super) fn finish(self) -> (Code, Vec<Var>) {
        let code = Code {
            dead: dead_slots(&self.ops, self.size),
            ops: self.ops.into(),
            consts: self.consts.into(),
            params: self.params,
            rest: self.rest,
            clauses: Box::default(),
            size: self.size,
            name: self.name,
            spans: self.spans.into(),
            heights: self.heights.into(),
            called: self.called.into(),
            ..Code::default()
        };
        (code, self.captures)
    }

    fn too_large(&self) -> Error {
        Error::new(Kind::Syntax, "the procedure is too large").at(self.span)
    }

    /// A slot that is free until `next` is set back.
    pub(super) fn temporary(&mut self) -> Result<Slot> {
        if self.next >= MAX_SLOTS {
            return Err(self.too_large());
        }
        self.next += 1;
        // A window needs room for the link and the procedure too.
        self.size = self.size.max(self.next + 2);
        Ok(self.next - 1)
    }

    /// Appends an instruction.
    pub(super) fn emit(&mut self, op: Op) -> u32 {
        self.ops.push(op);
        self.spans.push(self.span);
        self.heights.push(self.next);
        self.ops.len() as u32 - 1
    }

    /// Appends an instruction that finds this slot in use too.
    pub(super) fn emit_with(&mut self, slot: Slot, op: Op) {
        let before = self.next;
        self.next = before.max(slot + 1);
        self.emit(op);
        self.next = before;
    }

    /// The number of the next instruction.
    pub(super) fn here(&self) -> u32 {
        self.ops.len() as u32
    }

    /// Makes a jump go somewhere.
    pub(super) fn patch(&mut self, at: u32, target: u32) -> Result<()> {
        let too_large = self.too_large();
        self.ops[at as usize].lead_to(at, target).ok_or(too_large)
    }

    /// Makes jumps go to the next instruction.
    pub(super) fn patch_here(&mut self, jumps: &[u32]) -> Result<()> {
        let here = self.here();
        if !jumps.is_empty() {
            self.reachable = true;
        }
        jumps.iter().try_for_each(|jump| self.patch(*jump, here))
    }

    /// A jump to be patched, if control comes here.
    pub(super) fn jump_if_reachable(&mut self) -> Option<u32> {
        let jump = self.reachable.then(|| self.emit(Op::Jump { to: 0 }));
        self.reachable = false;
        jump
    }

    /// The number of a constant.
    pub(super) fn number_of(&mut self, value: Val) -> Result<u16> {
        if let Some(number) = self.const_numbers.get(&value) {
            return Ok(*number);
        }
        let number = u16::try_from(self.consts.len()).map_err(|_| self.too_large())?;
        self.consts.push(value);
        self.const_numbers.insert(value, number);
        Ok(number)
    }

    /// `R[d] = value`
    pub(super) fn constant(&mut self, d: Slot, value: Val) -> Result<()> {
        let k = self.number_of(value)?;
        self.emit(Op::Const { d, k });
        Ok(())
    }

    /// The number of a new capture.
    pub(super) fn add_capture(&mut self, var: &Var) -> Result<u16> {
        let number = u16::try_from(self.captures.len()).map_err(|_| self.too_large())?;
        self.captures.push(var.clone());
        Ok(number)
    }
}
