//! Arguments in registers: the second entry of a function, and calls that arrive there.
//!
//! ```text
//! entry:    native frame; loads of the arguments, guards on their tags; jump to body
//! direct:   native frame
//! body:     moves from the registers of the convention to where the body wants the arguments
//! ```
//! Guarantees: which argument is passed in which register depends on the types of the arguments alone.

use crate::assemble::allocate::{Alloc, Id};
use crate::assemble::moves::{Move, Place, Source, parallel_move};
use crate::assemble::regs::{RDI, RSI, Reg, RegSet};
use crate::assemble::x64::Inst;
use crate::assemble::{AssembleError, Convey};
use crate::trace::{Direct, Op, Opcode, Ref, Trace, Ty};

/// General registers for arguments; `rax` has the key of the function, `rdx` and `rcx` are those that instructions want.
const GENERAL: [Reg; 6] = [RDI, RSI, Reg(8), Reg(9), Reg(10), Reg(11)];

/// The registers of arguments of these types; none if there are too many.
pub(in crate::assemble) fn registers(types: impl Iterator<Item = Ty>) -> Option<Vec<Reg>> {
    let (mut general, mut floats) = (GENERAL.iter().copied(), (16..22).map(Reg));
    types.map(|ty| if ty == Ty::Float { floats.next() } else { general.next() }).collect()
}

/// How the arguments that `direct` lists get to a function whose frame begins `base` words above the base.
pub(in crate::assemble) fn conveyed(
    trace: &Trace,
    direct: &Direct,
    base: i32,
) -> Option<Vec<Convey>> {
    let regs = registers(direct.passed.iter().map(|passed| trace.ty(passed.value)))?;
    let convey = |(passed, reg): (&crate::trace::Passed, Reg)| {
        let tag = trace.as_const(passed.tag)?.bits;
        Some(Convey { slot: passed.slot.0 - base, tag, reg })
    };
    direct.passed.iter().zip(regs).map(convey).collect()
}

impl Alloc<'_> {
    /// `direct_entry`: below, the arguments are where the body wants them; above, in the registers of the convention.
    pub(super) fn select_direct_entry(&mut self, op: &Op) {
        let malformed = AssembleError::BadTrace("a second entry without arguments");
        let Some(direct) = self.trace.direct(op) else { return self.fail(malformed) };
        let types = direct.passed.iter().map(|passed| self.trace.ty(passed.value));
        let Some(regs) = registers(types) else { return self.fail(malformed) };
        let mut moves: Vec<Move> = Vec::new();
        for (id, reg, bits) in self.constants_in_registers() {
            moves.push((Place::Reg(reg), Source::Const(bits)));
            self.end(id);
        }
        let mut wants: Vec<(Id, Reg, Ref)> = Vec::new();
        for (passed, &reg) in direct.passed.iter().zip(&regs) {
            let id = self.id(passed.value);
            let is_loaded =
                self.trace.def(passed.value).is_some_and(|d| d.code == Opcode::SlotLoad);
            if !is_loaded {
                return self.fail(malformed);
            }
            if self.is_live(id) {
                self.move_from(id, Place::Reg(reg), &mut moves);
                wants.push((id, reg, passed.value));
            }
        }
        let mut sequence = Vec::new();
        parallel_move(&moves, self.free.without(RegSet::of(&regs)), &mut sequence);
        self.push_sequence(&sequence);
        self.push(Inst::DirectEntry { slots: 0 });
        for &(id, ..) in &wants {
            self.end(id);
            self.vals[id].slot = None;
        }
        if !self.live.is_empty() {
            return self
                .fail(AssembleError::BadTrace("a second entry that more than arguments pass"));
        }
        let places: Vec<(Place, Ref)> =
            wants.iter().map(|&(_, reg, value)| (Place::Reg(reg), value)).collect();
        self.establish(&places);
        self.arriving = wants.into_iter().map(|(id, reg, _)| (id, reg)).collect();
    }

    /// Puts what a `call_guest` passes into the registers of the convention.
    pub(super) fn select_passed(&mut self, direct: &Direct) {
        let types = direct.passed.iter().map(|passed| self.trace.ty(passed.value));
        let Some(regs) = registers(types) else {
            return self.fail(AssembleError::BadTrace("a call with too many arguments"));
        };
        let places: Vec<(Place, Ref)> = direct
            .passed
            .iter()
            .zip(&regs)
            .map(|(passed, &reg)| (Place::Reg(reg), passed.value))
            .collect();
        direct.passed.iter().zip(&regs).for_each(|(passed, &reg)| self.note_use(passed.value, reg));
        self.establish(&places);
    }
}
