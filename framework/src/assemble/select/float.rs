//! Float arithmetic.
//!
//! Guarantees: results are those of single IEEE operations; no instruction waits for the old value of its destination.

use crate::assemble::allocate::Alloc;
use crate::assemble::regs::{CALLER_SAVED, CONTEXT, Class, RAX, RDI, RSI, RegSet};
use crate::assemble::x64::{Callee, FAlu, FBits, Inst, Src};
use crate::trace::{Op, Opcode};

impl Alloc<'_> {
    /// `float_add`, `float_sub`, `float_mul`, `float_div`.
    pub(super) fn select_float_arithmetic(&mut self, op: &Op) {
        let Some(d) = self.define() else { return };
        let (mut a, mut b) = (op.args[0], op.args[1]);
        let alu = match op.code {
            Opcode::FloatAdd => FAlu::Add,
            Opcode::FloatSub => FAlu::Sub,
            Opcode::FloatMul => FAlu::Mul,
            _ => FAlu::Div,
        };
        let commutes = op.code.is_commutative();
        if commutes && (self.konst(a).is_some() || (self.is_fresh(b) && !self.is_fresh(a))) {
            (a, b) = (b, a);
        }
        let two_operands = !self.cpu.avx;
        if two_operands {
            self.pinned.add(d);
        }
        let s = if a == b { None } else { Some(self.src_without_imm(b)) };
        let r = if two_operands {
            self.need_in(a, d)
        } else {
            let hint = self.vals[self.id(a)].hint.unwrap_or(d);
            self.need(a, Class::Xmm.all(), &[hint, d])
        };
        let s = s.unwrap_or(Src::Reg(r));
        if two_operands {
            self.push(Inst::FAlu(alu, d, d, s));
            self.push(Inst::FMov(d, r));
        } else {
            self.push(Inst::FAlu(alu, d, r, s));
        }
    }

    /// `float_neg`, `float_abs`.
    pub(super) fn select_float_sign(&mut self, op: &Op) {
        let Some(d) = self.define() else { return };
        let sign = 1 << 63;
        let (bits, mask) = match op.code {
            Opcode::FloatNeg => (FBits::Xor, sign),
            _ => (FBits::And, !sign),
        };
        let entry = self.pool_entry(mask, Some(mask));
        let r = self.need(op.args[0], Class::Xmm.all(), &[d]);
        if self.cpu.avx {
            self.push(Inst::FBits(bits, d, r, entry));
        } else {
            self.push(Inst::FBits(bits, d, d, entry));
            self.push(Inst::FMov(d, r));
        }
    }

    /// `float_sqrt`.
    pub(super) fn select_sqrt(&mut self, op: &Op) {
        let Some(d) = self.define() else { return };
        let s = Src::Reg(self.need(op.args[0], Class::Xmm.all(), &[d]));
        self.push(Inst::FSqrt(d, s));
    }

    /// `float_floor`, `float_ceil`, `float_trunc`.
    pub(super) fn select_round(&mut self, op: &Op) {
        let Some(d) = self.define() else { return };
        let (mode, helper) = match op.code {
            Opcode::FloatFloor => (1, floor as *const () as usize),
            Opcode::FloatCeil => (2, ceil as *const () as usize),
            _ => (3, trunc as *const () as usize),
        };
        if self.cpu.sse41 {
            let r = self.need(op.args[0], Class::Xmm.all(), &[d]);
            return self.push(Inst::FRound(d, r, mode));
        }
        self.pinned.add(d);
        self.clobber(CALLER_SAVED);
        self.pinned = RegSet::EMPTY;
        let x = self.need(op.args[0], Class::Xmm.all(), &[d]);
        self.push(Inst::MovQ(d, RAX));
        self.push(Inst::Call(Callee::Address(helper)));
        self.push(Inst::Mov(RDI, CONTEXT));
        self.push(Inst::MovQ(RSI, x));
    }
}

extern "C" fn floor(_: usize, x: u64) -> u64 {
    f64::from_bits(x).floor().to_bits()
}

extern "C" fn ceil(_: usize, x: u64) -> u64 {
    f64::from_bits(x).ceil().to_bits()
}

extern "C" fn trunc(_: usize, x: u64) -> u64 {
    f64::from_bits(x).trunc().to_bits()
}
