//! Conversions, and ops that only change the type of a word.
//!
//! Guarantees: a renamed value that ends at its renaming costs nothing.

use crate::assemble::allocate::Alloc;
use crate::assemble::moves;
use crate::assemble::regs::Class;
use crate::assemble::x64::{Inst, Src};
use crate::trace::{Op, Opcode};

impl Alloc<'_> {
    /// `int_to_float`, `float_to_int`, `float_bits`, `float_of_bits`.
    pub(super) fn select_conversion(&mut self, op: &Op) {
        let Some(d) = self.define() else { return };
        let a = op.args[0];
        match op.code {
            Opcode::IntToFloat => match self.konst(a) {
                Some(k) => self.push(moves::constant(d, (k as i64 as f64).to_bits())),
                None => {
                    let s = self.src_without_imm(a);
                    self.push(Inst::FromInt(d, s));
                }
            },
            Opcode::FloatToInt => {
                let s = self.src_without_imm(a);
                self.push(Inst::ToInt(d, s));
            }
            _ => match self.konst(a) {
                Some(bits) => self.push(moves::constant(d, bits)),
                None => match self.src_without_imm(a) {
                    Src::Mem(mem) => self.push(moves::load(d, mem)),
                    Src::Reg(r) => self.push(Inst::MovQ(d, r)),
                    Src::Imm(_) => {}
                },
            },
        }
    }

    /// `bool_to_int`, `bool_of_int`, `ref_bits`, `ref_of_bits`.
    pub(super) fn select_renaming(&mut self, op: &Op) {
        let Some(d) = self.define() else { return };
        let r = self.need(op.args[0], Class::Gpr.all(), &[d]);
        self.push(Inst::Mov(d, r));
    }
}
