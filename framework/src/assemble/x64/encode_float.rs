//! Encoding of float instructions, with three operands where the processor has AVX.
//!
//! Invariant: no instruction depends on the old contents of its destination: conversions clear it first.

use super::encode::Encoder;
use super::inst::{FAlu, FBits, Inst, Mem, Src};
use super::operand::{reg_or_mem, rm};
use crate::assemble::regs::Reg;
use dynasmrt::{DynasmApi, DynasmLabelApi, dynasm};

impl Encoder {
    pub(super) fn encode_float(&mut self, inst: &Inst) {
        match *inst {
            Inst::FMov(d, s) if d == s => {}
            Inst::FMov(d, s) if self.cpu.avx => {
                dynasm!(self.a ; .arch x64 ; vmovaps Rx(d.code()), Rx(s.code()))
            }
            Inst::FMov(d, s) => dynasm!(self.a ; .arch x64 ; movaps Rx(d.code()), Rx(s.code())),
            Inst::FLoad(d, m) if self.cpu.avx => rm!(self, m, [vmovsd Rx(d.code()),] []),
            Inst::FLoad(d, m) => rm!(self, m, [movsd Rx(d.code()),] []),
            Inst::FStore(m, s) if self.cpu.avx => rm!(self, m, [vmovsd] [, Rx(s.code())]),
            Inst::FStore(m, s) => rm!(self, m, [movsd] [, Rx(s.code())]),
            Inst::FZero(d) => self.zero(d),
            Inst::FConst(d, bits) => {
                let found = self.pool.iter().position(|p| p.1 == bits);
                let entry = found.unwrap_or_else(|| {
                    let label = self.a.new_dynamic_label();
                    self.pool.push((label, bits, None));
                    self.pool.len() - 1
                });
                self.encode_float(&Inst::FLoad(d, Mem::Pool(entry as u32)));
            }
            Inst::MoveSlot(to, from) => dynasm!(self.a
                ; .arch x64
                ; push QWORD [rbp - 16 - from as i32 * 8]
                ; pop QWORD [rbp - 16 - to as i32 * 8]
            ),
            Inst::FAlu(op, d, a, s) => self.float_alu(op, d, a, s),
            Inst::FBits(op, d, a, pool) => self.float_bits(op, d, a, pool),
            Inst::FCmp(a, s) if self.cpu.avx => {
                reg_or_mem!(self, s, Rx, [vucomisd Rx(a.code()),] [])
            }
            Inst::FCmp(a, s) => reg_or_mem!(self, s, Rx, [ucomisd Rx(a.code()),] []),
            Inst::FSqrt(d, s) => self.sqrt(d, s),
            Inst::FRound(d, s, mode) => {
                // Bit 3: no precision exception.
                let mode = (mode | 8) as i8;
                if self.cpu.avx {
                    let (d, s) = (d.code(), s.code());
                    dynasm!(self.a ; .arch x64 ; vroundsd Rx(d), Rx(s), Rx(s), mode);
                } else {
                    self.zero_unless(d, Src::Reg(s));
                    dynasm!(self.a ; .arch x64 ; roundsd Rx(d.code()), Rx(s.code()), mode);
                }
            }
            Inst::FromInt(d, s) => {
                self.zero(d);
                let d = d.code();
                if self.cpu.avx {
                    match s {
                        Src::Reg(r) => dynasm!(self.a ; .arch x64
                            ; vcvtsi2sd Rx(d), Rx(d), Rq(r.code())),
                        Src::Mem(m) => rm!(self, m, [vcvtsi2sd Rx(d), Rx(d), QWORD] []),
                        Src::Imm(_) => unreachable!("constants are converted by the selector"),
                    }
                } else {
                    match s {
                        Src::Reg(r) => {
                            dynasm!(self.a ; .arch x64 ; cvtsi2sd Rx(d), Rq(r.code()))
                        }
                        Src::Mem(m) => rm!(self, m, [cvtsi2sd Rx(d), QWORD] []),
                        Src::Imm(_) => unreachable!("constants are converted by the selector"),
                    }
                }
            }
            Inst::ToInt(d, Src::Reg(s)) => {
                dynasm!(self.a ; .arch x64 ; cvttsd2si Rq(d.code()), Rx(s.code()))
            }
            Inst::ToInt(d, Src::Mem(m)) => rm!(self, m, [cvttsd2si Rq(d.code()), QWORD] []),
            Inst::MovQ(d, s) => self.movq(d, s),
            _ => unreachable!("`encode` handles all other instructions"),
        }
    }

    fn zero(&mut self, d: Reg) {
        let d = d.code();
        if self.cpu.avx {
            dynasm!(self.a ; .arch x64 ; vxorps Rx(d), Rx(d), Rx(d));
        } else {
            dynasm!(self.a ; .arch x64 ; xorps Rx(d), Rx(d));
        }
    }

    /// Breaks the dependency on the old contents of `d` where the instruction has one.
    fn zero_unless(&mut self, d: Reg, s: Src) {
        if s != Src::Reg(d) {
            self.zero(d);
        }
    }

    fn movq(&mut self, d: Reg, s: Reg) {
        let (to, from) = (d.code(), s.code());
        match (d.is_xmm(), self.cpu.avx) {
            (true, true) => dynasm!(self.a ; .arch x64 ; vmovq Rx(to), Rq(from)),
            (true, false) => dynasm!(self.a ; .arch x64 ; movq Rx(to), Rq(from)),
            (false, true) => dynasm!(self.a ; .arch x64 ; vmovq Rq(to), Rx(from)),
            (false, false) => dynasm!(self.a ; .arch x64 ; movq Rq(to), Rx(from)),
        }
    }

    fn sqrt(&mut self, d: Reg, s: Src) {
        let x = d.code();
        if self.cpu.avx {
            match s {
                Src::Reg(r) => {
                    let r = r.code();
                    dynasm!(self.a ; .arch x64 ; vsqrtsd Rx(x), Rx(r), Rx(r));
                }
                _ => {
                    self.zero(d);
                    reg_or_mem!(self, s, Rx, [vsqrtsd Rx(x), Rx(x),] []);
                }
            }
        } else {
            self.zero_unless(d, s);
            reg_or_mem!(self, s, Rx, [sqrtsd Rx(x),] []);
        }
    }

    fn float_alu(&mut self, op: FAlu, d: Reg, a: Reg, s: Src) {
        let (d, a) = (d.code(), a.code());
        if self.cpu.avx {
            match op {
                FAlu::Add => reg_or_mem!(self, s, Rx, [vaddsd Rx(d), Rx(a),] []),
                FAlu::Sub => reg_or_mem!(self, s, Rx, [vsubsd Rx(d), Rx(a),] []),
                FAlu::Mul => reg_or_mem!(self, s, Rx, [vmulsd Rx(d), Rx(a),] []),
                FAlu::Div => reg_or_mem!(self, s, Rx, [vdivsd Rx(d), Rx(a),] []),
            }
        } else {
            debug_assert_eq!(d, a, "two-operand form");
            match op {
                FAlu::Add => reg_or_mem!(self, s, Rx, [addsd Rx(d),] []),
                FAlu::Sub => reg_or_mem!(self, s, Rx, [subsd Rx(d),] []),
                FAlu::Mul => reg_or_mem!(self, s, Rx, [mulsd Rx(d),] []),
                FAlu::Div => reg_or_mem!(self, s, Rx, [divsd Rx(d),] []),
            }
        }
    }

    fn float_bits(&mut self, op: FBits, d: Reg, a: Reg, pool: u32) {
        let (d, a) = (d.code(), a.code());
        let label = self.pool_label(pool);
        match (op, self.cpu.avx) {
            (FBits::Xor, true) => dynasm!(self.a ; .arch x64 ; vxorpd Rx(d), Rx(a), [=>label]),
            (FBits::And, true) => dynasm!(self.a ; .arch x64 ; vandpd Rx(d), Rx(a), [=>label]),
            (FBits::Xor, false) => dynasm!(self.a ; .arch x64 ; xorpd Rx(d), [=>label]),
            (FBits::And, false) => dynasm!(self.a ; .arch x64 ; andpd Rx(d), [=>label]),
        }
    }
}
