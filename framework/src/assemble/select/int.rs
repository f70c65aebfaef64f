//! Integer arithmetic.
//!
//! Guarantees: the carry and overflow flags are read only by the instruction behind the one that sets them.

use crate::assemble::allocate::Alloc;
use crate::assemble::regs::{Class, RAX, RCX, RDX, Reg, RegSet};
use crate::assemble::x64::{Alu, Cc, Inst, Mem, Shift, Size, Src};
use crate::trace::{Op, Opcode, Ref};

impl Alloc<'_> {
    /// `int_add`, `int_sub`: in place, or as address arithmetic.
    pub(super) fn select_add_sub(&mut self, op: &Op) {
        let Some(d) = self.define() else { return };
        self.pinned.add(d);
        let (mut a, mut b) = (op.args[0], op.args[1]);
        let subtract = op.code == Opcode::IntSub;
        if !subtract && (self.konst(a).is_some() || (self.is_fresh(b) && !self.is_fresh(a))) {
            (a, b) = (b, a);
        }
        if let (Some(x), Some(y)) = (self.konst(a), self.konst(b)) {
            let sum = if subtract { x.wrapping_sub(y) } else { x.wrapping_add(y) };
            return self.push(Inst::MovImm(d, sum as i64));
        }
        if self.konst(a).is_some() {
            return self.constant_minus(d, a, b);
        }
        let offset = match self.imm32(b) {
            Some(k) if subtract => k.checked_neg(),
            other => other,
        };
        if let Some(k) = offset {
            return self.add_constant(d, a, k);
        }
        if !subtract && self.lea_scaled_sum(d, a, b) {
            return;
        }
        if subtract || a == b {
            let alu = if subtract { Alu::Sub } else { Alu::Add };
            let s = if a == b { None } else { Some(self.src(b)) };
            let r = self.need_in(a, d);
            self.push(Inst::Alu(alu, d, s.unwrap_or(Src::Reg(r))));
            return self.push(Inst::Mov(d, r));
        }
        let s = self.src(b);
        let r = self.need_in(a, d);
        match s {
            Src::Reg(s) if r != d => self.push(Inst::Lea(d, Mem::Index(r, s, 1, 0))),
            _ => {
                self.push(Inst::Alu(Alu::Add, d, s));
                self.push(Inst::Mov(d, r));
            }
        }
    }

    fn constant_minus(&mut self, d: Reg, a: Ref, b: Ref) {
        let bits = self.konst(a).unwrap_or(0) as i64;
        if self.is_fresh(b) && i32::try_from(bits).is_ok() {
            let r = self.need_in(b, d);
            if bits != 0 {
                self.push(Inst::Alu(Alu::Add, d, Src::Imm(bits as i32)));
            }
            self.push(Inst::Neg(d));
            return self.push(Inst::Mov(d, r));
        }
        let s = self.src(b);
        self.push(Inst::Alu(Alu::Sub, d, s));
        self.push(Inst::MovImm(d, bits));
    }

    /// `d = a + k`, where `a` may itself be a sum that nobody else needs.
    fn add_constant(&mut self, d: Reg, a: Ref, k: i32) {
        if let Some(op) = self.trace.def(a).copied()
            && op.code == Opcode::IntAdd
            && self.can_merge(a)
            && [op.args[0], op.args[1]].iter().all(|&r| self.konst(r).is_none())
            && op.args[0] != op.args[1]
        {
            self.vals[a.index()].merged = true;
            self.pinned.remove(d);
            let (x, y) = (self.need_any(op.args[0]), self.need_any(op.args[1]));
            return self.push(Inst::Lea(d, Mem::Index(x, y, 1, k)));
        }
        self.pinned.remove(d);
        // A phi that ends here would rather have its own register than the result's.
        let hint = self.vals[self.id(a)].hint.filter(|&h| self.free.has(h));
        let all = Class::Gpr.all();
        let r = self.need(a, all, &[hint.unwrap_or(d), d]);
        if r == d {
            self.push(Inst::Alu(Alu::Add, d, Src::Imm(k)));
        } else {
            self.push(Inst::Lea(d, Mem::Base(r, k)));
        }
    }

    /// `a + (x << k)` in one instruction.
    fn lea_scaled_sum(&mut self, d: Reg, a: Ref, b: Ref) -> bool {
        for (a, b) in [(a, b), (b, a)] {
            let Some(op) = self.trace.def(b).copied() else { continue };
            if op.code != Opcode::IntShl || !self.can_merge(b) || a == b {
                continue;
            }
            let Some(k @ 1..=3) = self.imm32(op.args[1]) else { continue };
            if self.konst(op.args[0]).is_some() {
                continue;
            }
            self.vals[b.index()].merged = true;
            self.pinned.remove(d);
            let (a, x) = (self.need_any(a), self.need_any(op.args[0]));
            self.push(Inst::Lea(d, Mem::Index(a, x, 1 << k, 0)));
            return true;
        }
        false
    }

    /// `int_mul`.
    pub(super) fn select_mul(&mut self, op: &Op) {
        let Some(d) = self.define() else { return };
        self.pinned.add(d);
        let (mut a, mut b) = (op.args[0], op.args[1]);
        if self.konst(a).is_some() || (self.is_fresh(b) && !self.is_fresh(a)) {
            (a, b) = (b, a);
        }
        if self.konst(a).is_some() {
            let product = self.konst(a).unwrap_or(0).wrapping_mul(self.konst(b).unwrap_or(0));
            return self.push(Inst::MovImm(d, product as i64));
        }
        if let Some(k) = self.konst(b) {
            return self.mul_constant(d, a, k as i64);
        }
        self.two_operands(d, a, b, Inst::Imul);
    }

    fn mul_constant(&mut self, d: Reg, a: Ref, k: i64) {
        self.pinned.remove(d);
        match k {
            0 => self.push(Inst::MovImm(d, 0)),
            3 | 5 | 9 => {
                let r = self.need(a, Class::Gpr.all(), &[d]);
                self.push(Inst::Lea(d, Mem::Index(r, r, (k - 1) as u8, 0)));
            }
            _ if k > 0 && k.count_ones() == 1 => self.shift_left(d, a, k.trailing_zeros() as u8),
            _ => match i32::try_from(k) {
                Ok(imm) => {
                    let s = self.src_without_imm(a);
                    self.push(Inst::ImulImm(d, s, imm));
                }
                Err(_) => {
                    let entry = self.pool_entry(k as u64, None);
                    let r = self.need(a, Class::Gpr.all(), &[d]);
                    self.push(Inst::Imul(d, Src::Mem(Mem::Pool(entry))));
                    self.push(Inst::Mov(d, r));
                }
            },
        }
    }

    /// `d = a op b` by an instruction that overwrites its first operand.
    fn two_operands(&mut self, d: Reg, a: Ref, b: Ref, make: fn(Reg, Src) -> Inst) {
        let s = if a == b { None } else { Some(self.src(b)) };
        let r = self.need_in(a, d);
        self.push(make(d, s.unwrap_or(Src::Reg(r))));
        self.push(Inst::Mov(d, r));
    }

    /// `int_mulhi`.
    pub(super) fn select_mulhi(&mut self, op: &Op) {
        let Some(d) = self.define() else { return };
        let (mut a, mut b) = (op.args[0], op.args[1]);
        if self.konst(a).is_some() {
            (a, b) = (b, a);
        }
        let fixed = RegSet::of(&[RAX, RDX]);
        self.pinned.add(d);
        self.clobber(fixed);
        self.pinned = fixed;
        let others = Class::Gpr.all().without(fixed);
        let s = if self.konst(b).is_some() {
            self.src_without_imm(b)
        } else {
            Src::Reg(self.need(b, others, &[]))
        };
        let r = self.need(a, Class::Gpr.all(), &[RAX]);
        self.push(Inst::Mov(d, RDX));
        self.push(Inst::MulWide(true, s));
        self.push(Inst::Mov(RAX, r));
    }

    /// `int_and`, `int_or`, `int_xor`.
    pub(super) fn select_bitwise(&mut self, op: &Op) {
        let Some(d) = self.define() else { return };
        self.pinned.add(d);
        let alu = match op.code {
            Opcode::IntAnd => Alu::And,
            Opcode::IntOr => Alu::Or,
            _ => Alu::Xor,
        };
        let (mut a, mut b) = (op.args[0], op.args[1]);
        if self.konst(a).is_some() || (self.is_fresh(b) && !self.is_fresh(a)) {
            (a, b) = (b, a);
        }
        if alu == Alu::And
            && let Some(mask @ (0xff | 0xffff_ffff)) = self.konst(b)
        {
            self.pinned.remove(d);
            let r = self.need(a, Class::Gpr.all(), &[d]);
            let size = if mask == 0xff { Size::Byte } else { Size::Half };
            return self.push(Inst::ZeroExtend(size, d, r));
        }
        match alu {
            Alu::And => self.two_operands(d, a, b, |d, s| Inst::Alu(Alu::And, d, s)),
            Alu::Or => self.two_operands(d, a, b, |d, s| Inst::Alu(Alu::Or, d, s)),
            _ => self.two_operands(d, a, b, |d, s| Inst::Alu(Alu::Xor, d, s)),
        }
    }

    /// `int_shl`, `int_shr`, `uint_shr`.
    pub(super) fn select_shift(&mut self, op: &Op) {
        let Some(d) = self.define() else { return };
        let shift = match op.code {
            Opcode::IntShl => Shift::Shl,
            Opcode::IntShr => Shift::Sar,
            _ => Shift::Shr,
        };
        let (a, b) = (op.args[0], op.args[1]);
        if let Some(k) = self.konst(b) {
            return match (shift, (k & 63) as u8) {
                (Shift::Shl, k) => self.shift_left(d, a, k),
                (_, k) => self.shift_in_place(shift, d, a, k),
            };
        }
        if self.cpu.bmi2 {
            let (a, b) = (self.need(a, Class::Gpr.all(), &[d]), self.need_any(b));
            return self.push(Inst::ShiftX(shift, d, a, b));
        }
        self.shift_by_cl(shift, d, a, b);
    }

    fn shift_left(&mut self, d: Reg, a: Ref, k: u8) {
        let r = self.need(a, Class::Gpr.all(), &[d]);
        if r != d && (1..=3).contains(&k) {
            let lea = match k {
                1 => Inst::Lea(d, Mem::Index(r, r, 1, 0)),
                _ => Inst::LeaScaled(d, r, 1 << k, 0),
            };
            return self.push(lea);
        }
        self.push_shift(Shift::Shl, d, k);
        self.push(Inst::Mov(d, r));
    }

    fn shift_in_place(&mut self, shift: Shift, d: Reg, a: Ref, k: u8) {
        let r = self.need(a, Class::Gpr.all(), &[d]);
        self.push_shift(shift, d, k);
        self.push(Inst::Mov(d, r));
    }

    fn push_shift(&mut self, shift: Shift, d: Reg, k: u8) {
        if k != 0 {
            self.push(Inst::ShiftImm(shift, d, k));
        }
    }

    /// Without BMI2 the count has to be in `cl`, and the result elsewhere.
    fn shift_by_cl(&mut self, shift: Shift, d: Reg, a: Ref, b: Ref) {
        self.pinned.add(d);
        self.clobber(RegSet::of(&[RCX]));
        self.pinned.add(RCX);
        let work = if d == RCX {
            let t = self.temporary(Class::Gpr, RegSet::EMPTY);
            self.pinned.add(t);
            t
        } else {
            d
        };
        let count = self.need(b, Class::Gpr.all().without(RegSet::of(&[work])), &[RCX]);
        let others = Class::Gpr.all().without(RegSet::of(&[RCX]));
        let r = if a == b { count } else { self.need(a, others, &[work]) };
        self.push(Inst::Mov(d, work));
        self.push(Inst::ShiftCl(shift, work));
        self.push(Inst::Mov(RCX, count));
        self.push(Inst::Mov(work, r));
    }

    /// `int_neg`, `int_not`.
    pub(super) fn select_unary(&mut self, op: &Op) {
        let Some(d) = self.define() else { return };
        let r = self.need(op.args[0], Class::Gpr.all(), &[d]);
        self.push(if op.code == Opcode::IntNeg { Inst::Neg(d) } else { Inst::Not(d) });
        self.push(Inst::Mov(d, r));
    }

    /// `int_add_ovf`, `int_sub_ovf`, `int_mul_ovf`.
    ///
    /// If the left operand ends here, it is overwritten although the exit needs it: the exit's stub undoes the addition.
    pub(super) fn select_overflow_guard(&mut self, op: &Op) {
        let d = self.define_or_temporary();
        self.pinned.add(d);
        let (mut a, mut b) = (op.args[0], op.args[1]);
        let commutes = op.code != Opcode::IntSubOvf;
        if commutes && (self.konst(a).is_some() || (self.is_fresh(b) && !self.is_fresh(a))) {
            (a, b) = (b, a);
        }
        if op.code == Opcode::IntMulOvf {
            return self.mul_overflow_guard(d, a, b);
        }
        let (alu, undo) = match op.code {
            Opcode::IntAddOvf => (Alu::Add, Alu::Sub),
            _ => (Alu::Sub, Alu::Add),
        };
        if let Some(bits) = self.konst(a) {
            let s = self.src_outside(b, d);
            let exit = self.record_exit();
            self.push(Inst::ExitIf(Cc::O, exit));
            self.push(Inst::Alu(alu, d, s));
            return self.push(Inst::MovImm(d, bits as i64));
        }
        let s = if a == b { None } else { Some(self.src_outside(b, d)) };
        let in_place = a != b && self.is_fresh(a) && !self.is_live(self.id(a));
        let r = if in_place { self.need_in(a, d) } else { self.need_outside(a, d) };
        let exit = self.record_exit();
        let s = s.unwrap_or(Src::Reg(r));
        if r == d {
            self.exits[exit as usize].undo = Some(Inst::Alu(undo, d, s));
        }
        self.push(Inst::ExitIf(Cc::O, exit));
        self.push(Inst::Alu(alu, d, s));
        self.push(Inst::Mov(d, r));
    }

    fn mul_overflow_guard(&mut self, d: Reg, a: Ref, b: Ref) {
        if let Some(bits) = self.konst(a) {
            let s = Src::Reg(self.need_outside(b, d));
            let exit = self.record_exit();
            self.push(Inst::ExitIf(Cc::O, exit));
            self.push(Inst::Imul(d, s));
            return self.push(Inst::MovImm(d, bits as i64));
        }
        if let Some(imm) = self.imm32(b) {
            let r = self.need_outside(a, d);
            let exit = self.record_exit();
            self.push(Inst::ExitIf(Cc::O, exit));
            return self.push(Inst::ImulImm(d, Src::Reg(r), imm));
        }
        let s = if a == b { None } else { Some(self.src_outside(b, d)) };
        let r = self.need_outside(a, d);
        let exit = self.record_exit();
        self.push(Inst::ExitIf(Cc::O, exit));
        self.push(Inst::Imul(d, s.unwrap_or(Src::Reg(r))));
        self.push(Inst::Mov(d, r));
    }

    /// An operand in any register but `d`.
    pub(super) fn need_outside(&mut self, r: Ref, d: Reg) -> Reg {
        let allowed = self.class(self.id(r)).all().without(RegSet::of(&[d]));
        self.need(r, allowed, &[])
    }

    /// A constant, or an operand in any register but `d`; never in memory that may change.
    fn src_outside(&mut self, r: Ref, d: Reg) -> Src {
        match (self.imm32(r), self.konst(r)) {
            (Some(imm), _) => Src::Imm(imm),
            (None, Some(bits)) => Src::Mem(Mem::Pool(self.pool_entry(bits, None))),
            (None, None) => Src::Reg(self.need_outside(r, d)),
        }
    }
}
