//! Guards that do not test a truth value, and `leave`.
//!
//! Guarantees: a guard that holds falls through.

use crate::assemble::allocate::Alloc;
use crate::assemble::regs::{BASE, CONTEXT, Class, RSP, RegSet};
use crate::assemble::x64::{Cc, Inst, Mem, Src};
use crate::run::Context;
use crate::trace::{Op, Opcode};
use std::mem::offset_of;

impl Alloc<'_> {
    /// `guard_value`.
    pub(super) fn select_guard_value(&mut self, op: &Op) {
        let (a, b) = (op.args[0], op.args[1]);
        if self.class(self.id(a)) == Class::Gpr {
            let condition = self.compare(a, b, Cc::Ne);
            return self.push_guard(condition);
        }
        let x = self.need_any(a);
        let t = self.temporary(Class::Gpr, RegSet::EMPTY);
        self.pinned.add(t);
        let s = match (self.imm32(b), self.konst(b)) {
            (Some(imm), _) => Src::Imm(imm),
            (None, Some(bits)) => Src::Mem(Mem::Pool(self.pool_entry(bits, None))),
            (None, None) => {
                let y = self.need_any(b);
                let u = self.temporary(Class::Gpr, RegSet::of(&[t]));
                self.pinned.add(u);
                let exit = self.record_exit();
                self.push(Inst::ExitIf(Cc::Ne, exit));
                self.push(Inst::Cmp(t, Src::Reg(u)));
                self.push(Inst::MovQ(u, y));
                return self.push(Inst::MovQ(t, x));
            }
        };
        let exit = self.record_exit();
        self.push(Inst::ExitIf(Cc::Ne, exit));
        self.push(Inst::Cmp(t, s));
        self.push(Inst::MovQ(t, x));
    }

    /// `guard_no_error`, `guard_no_signal`.
    pub(super) fn select_guard_flag(&mut self, op: &Op) {
        let flag = match op.code {
            Opcode::GuardNoError => offset_of!(Context, error),
            _ => offset_of!(Context, signal),
        };
        let exit = self.record_exit();
        self.push(Inst::ExitIf(Cc::Ne, exit));
        self.push(Inst::CmpMem(Mem::Base(CONTEXT, flag as i32), Src::Imm(0)));
    }

    /// `guard_stack`.
    pub(super) fn select_guard_stack(&mut self) {
        let exit = self.record_exit();
        let field = |offset: usize| Src::Mem(Mem::Base(CONTEXT, offset as i32));
        self.push(Inst::ExitIf(Cc::B, exit));
        self.push(Inst::Cmp(RSP, field(offset_of!(Context, native_low))));
        self.push(Inst::ExitIf(Cc::A, exit));
        self.push(Inst::Cmp(BASE, field(offset_of!(Context, stack_low))));
    }

    /// `guard_chaos`.
    pub(super) fn select_guard_chaos(&mut self) {
        let exit = self.record_exit();
        self.push(Inst::ExitIf(Cc::S, exit));
        let offset = offset_of!(Context, countdown) as i32;
        self.push(Inst::Decrement(Mem::Base(CONTEXT, offset)));
    }

    /// `guard_valid`.
    pub(super) fn select_guard_valid(&mut self) {
        let exit = self.record_exit();
        self.push(Inst::Patchable(exit));
    }

    /// `leave`.
    pub(super) fn select_leave(&mut self) {
        let exit = self.record_exit();
        self.push(Inst::Exit(exit));
    }
}
