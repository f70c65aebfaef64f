//! Division: by constants with shifts and multiplications, by variables with `idiv`.
//!
//! Guarantees: the quotient and remainder of the op's definition for every dividend; a divisor of 0 never gets here, as
//! the recorder guards against it, and a constant 0 takes the general path.

use crate::assemble::allocate::Alloc;
use crate::assemble::magic::{Magic, magic};
use crate::assemble::regs::{Class, RAX, RDX, Reg, RegSet};
use crate::assemble::x64::{Alu, Division, Inst, Mem, Shift, Src};
use crate::trace::{Op, Opcode, Ref};

impl Alloc<'_> {
    /// `int_div`, `int_rem`, `int_floordiv`, `int_floormod`.
    pub(super) fn select_division(&mut self, op: &Op) {
        let kind = match op.code {
            Opcode::IntDiv => Division::Quotient,
            Opcode::IntRem => Division::Remainder,
            Opcode::IntFloordiv => Division::FloorQuotient,
            _ => Division::FloorRemainder,
        };
        let Some(d) = self.define() else { return };
        let (a, b) = (op.args[0], op.args[1]);
        match self.konst(b).map(|k| k as i64) {
            Some(k) if k > 0 && self.konst(a).is_none() => {
                self.divide_by_constant(d, kind, a, k as u64)
            }
            _ => self.divide_by_variable(d, kind, a, b),
        }
    }

    fn divide_by_variable(&mut self, d: Reg, kind: Division, a: Ref, b: Ref) {
        let fixed = RegSet::of(&[RAX, RDX]);
        self.pinned.add(d);
        self.clobber(fixed);
        self.pinned = fixed;
        let divisor = self.need(b, Class::Gpr.all().without(fixed), &[d]);
        let dividend = self.need(a, Class::Gpr.all(), &[RAX]);
        let quotient = matches!(kind, Division::Quotient | Division::FloorQuotient);
        self.push(Inst::Mov(d, if quotient { RAX } else { RDX }));
        self.push(Inst::Divide(kind, divisor));
        self.push(Inst::Mov(RAX, dividend));
    }

    fn divide_by_constant(&mut self, d: Reg, kind: Division, a: Ref, k: u64) {
        if k == 1 {
            return match kind {
                Division::Quotient | Division::FloorQuotient => {
                    let r = self.need(a, Class::Gpr.all(), &[d]);
                    self.push(Inst::Mov(d, r));
                }
                _ => self.push(Inst::MovImm(d, 0)),
            };
        }
        let positive = self.is_never_negative(a);
        if k.is_power_of_two() {
            return self.divide_by_power(d, kind, a, k.trailing_zeros() as u8, positive);
        }
        self.divide_by_magic(d, kind, a, k, positive);
    }

    fn divide_by_power(&mut self, d: Reg, kind: Division, a: Ref, k: u8, positive: bool) {
        let floor = matches!(kind, Division::FloorQuotient | Division::FloorRemainder);
        let quotient = matches!(kind, Division::Quotient | Division::FloorQuotient);
        let mask = (1i64 << k) - 1;
        if floor || positive {
            let r = self.need(a, Class::Gpr.all(), &[d]);
            if quotient {
                self.push(Inst::ShiftImm(Shift::Sar, d, k));
            } else {
                self.push_mask(d, mask);
            }
            return self.push(Inst::Mov(d, r));
        }
        // Towards zero: `bias` is `2^k - 1` for a negative dividend, else 0.
        self.pinned.add(d);
        let r = self.need_outside(a, d);
        if quotient {
            self.push(Inst::ShiftImm(Shift::Sar, d, k));
            self.push(Inst::Alu(Alu::Add, d, Src::Reg(r)));
            return self.push_bias(d, r, k);
        }
        let bias = self.temporary(Class::Gpr, RegSet::of(&[d]));
        self.pinned.add(bias);
        self.push(Inst::Alu(Alu::Sub, d, Src::Reg(bias)));
        self.push_mask(d, mask);
        self.push(Inst::Lea(d, Mem::Index(r, bias, 1, 0)));
        self.push_bias(bias, r, k);
    }

    fn push_mask(&mut self, d: Reg, mask: i64) {
        let s = match i32::try_from(mask) {
            Ok(imm) => Src::Imm(imm),
            Err(_) => Src::Mem(Mem::Pool(self.pool_entry(mask as u64, None))),
        };
        self.push(Inst::Alu(Alu::And, d, s));
    }

    fn push_bias(&mut self, bias: Reg, r: Reg, k: u8) {
        self.push(Inst::ShiftImm(Shift::Shr, bias, 64 - k));
        self.push(Inst::ShiftImm(Shift::Sar, bias, 63));
        self.push(Inst::Mov(bias, r));
    }

    /// Multiplies by the reciprocal; the high half of the product arrives in `rdx`.
    fn divide_by_magic(&mut self, d: Reg, kind: Division, a: Ref, k: u64, positive: bool) {
        let fixed = RegSet::of(&[RAX, RDX]);
        self.pinned.add(d);
        self.clobber(fixed);
        self.pinned.add(RAX);
        self.pinned.add(RDX);
        if !fixed.has(d) {
            self.pinned.remove(d);
        }
        let others = Class::Gpr.all().without(fixed);
        let n = self.need(a, others, &[d]);
        let sign = if positive {
            None
        } else {
            self.pinned.add(d);
            let sign = self.temporary(Class::Gpr, fixed.or(RegSet::of(&[d])));
            self.pinned.add(sign);
            Some(sign)
        };
        let quotient = matches!(kind, Division::Quotient | Division::FloorQuotient);
        if quotient {
            self.push(Inst::Mov(d, RDX));
        } else {
            self.push_remainder(d, n, k);
        }
        let magic = magic(k);
        let floor = matches!(kind, Division::FloorQuotient | Division::FloorRemainder);
        match sign {
            None => self.push_positive_quotient(n, magic),
            Some(sign) if floor => self.push_floor_quotient(n, sign, magic),
            Some(sign) => self.push_signed_quotient(n, sign, k, magic),
        }
    }

    /// `d = n - rdx * k`
    fn push_remainder(&mut self, d: Reg, n: Reg, k: u64) {
        if d == RDX {
            self.push(Inst::Alu(Alu::Add, RDX, Src::Reg(n)));
            self.push(Inst::Neg(RDX));
        } else {
            self.push(Inst::Alu(Alu::Sub, d, Src::Reg(RDX)));
            self.push(Inst::Mov(d, n));
        }
        match i32::try_from(k) {
            Ok(imm) => self.push(Inst::ImulImm(RDX, Src::Reg(RDX), imm)),
            Err(_) => {
                let entry = self.pool_entry(k, None);
                self.push(Inst::Imul(RDX, Src::Mem(Mem::Pool(entry))));
            }
        }
    }

    fn push_positive_quotient(&mut self, n: Reg, magic: Magic) {
        if magic.shift != 0 {
            self.push(Inst::ShiftImm(Shift::Shr, RDX, magic.shift));
        }
        self.push(Inst::MulWide(false, Src::Reg(n)));
        self.push(Inst::MovImm(RAX, magic.multiplier as i64));
    }

    /// `floor(n / k) == !floor(!n / k)` for negative `n`, and `!n` is `n ^ -1`.
    fn push_floor_quotient(&mut self, n: Reg, sign: Reg, magic: Magic) {
        self.push(Inst::Alu(Alu::Xor, RDX, Src::Reg(sign)));
        if magic.shift != 0 {
            self.push(Inst::ShiftImm(Shift::Shr, RDX, magic.shift));
        }
        let entry = self.pool_entry(magic.multiplier, None);
        self.push(Inst::MulWide(false, Src::Mem(Mem::Pool(entry))));
        self.push(Inst::Alu(Alu::Xor, RAX, Src::Reg(sign)));
        self.push(Inst::Mov(RAX, n));
        self.push(Inst::ShiftImm(Shift::Sar, sign, 63));
        self.push(Inst::Mov(sign, n));
    }

    /// `n / k` towards zero: the signed product rounds down, which is one too low for negative `n`.
    fn push_signed_quotient(&mut self, n: Reg, sign: Reg, k: u64, magic: Magic) {
        let _ = k;
        self.push(Inst::Alu(Alu::Sub, RDX, Src::Reg(sign)));
        self.push(Inst::ShiftImm(Shift::Sar, sign, 63));
        self.push(Inst::Mov(sign, n));
        if magic.shift != 0 {
            self.push(Inst::ShiftImm(Shift::Sar, RDX, magic.shift));
        }
        if magic.multiplier >> 63 != 0 {
            // As a signed number the multiplier is 2^64 too small.
            self.push(Inst::Alu(Alu::Add, RDX, Src::Reg(n)));
        }
        self.push(Inst::MulWide(true, Src::Reg(n)));
        self.push(Inst::MovImm(RAX, magic.multiplier as i64));
    }

    /// Is the dividend known to be at least 0?
    fn is_never_negative(&self, a: Ref) -> bool {
        self.trace.ops[self.pos].aux & 1 != 0 || self.konst(a).is_some_and(|k| k as i64 >= 0)
    }
}
