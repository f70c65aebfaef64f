//! Instruction selection, one op at a time, last op first.
//!
//! Every `select_*` works in this order: take the result's register (`define`), allocate registers for the operands,
//! note the exit, push instructions in reverse. Invariant: between the first and the last instruction of an op nothing
//! is evicted, so that no reload lands among them.

mod call;
mod compare;
mod convert;
pub(super) mod direct;
mod divide;
mod float;
mod guard;
mod int;
mod memory;

use super::AssembleError;
use super::allocate::Alloc;
use super::regs::{Reg, RegSet};
use super::x64::{Mem, Src};
use crate::trace::{Opcode, Ref};

impl Alloc<'_> {
    /// Selects instructions for the op at `self.pos`; labels, inputs and jumps are handled at the edges.
    pub(super) fn select(&mut self) -> Result<(), AssembleError> {
        use Opcode::*;
        self.pinned = RegSet::EMPTY;
        let op = self.trace.ops[self.pos];
        if self.vals[self.pos].merged {
            return Ok(());
        }
        match op.code {
            Input | Label | Phi | Jump | Virtual => {}
            RefBits if self.trace.virtual_behind(Ref::op(self.pos)).is_some() => {}
            Leave => self.select_leave(),
            Finish => self.select_finish(&op),
            SlotAddr => self.select_slot_address(&op),
            // In a register, where the call before it takes care of it.
            ResultTag if self.follows_guest_call() => {}
            ResultTag => self.select_result_tag(),
            SlotLoad | FieldLoad | ElemLoad => self.select_load(&op),
            SlotStore | FieldStore | ElemStore => self.select_store(&op),
            IntAdd | IntSub => self.select_add_sub(&op),
            IntMul => self.select_mul(&op),
            IntMulhi => self.select_mulhi(&op),
            IntDiv | IntRem | IntFloordiv | IntFloormod => self.select_division(&op),
            IntAnd | IntOr | IntXor => self.select_bitwise(&op),
            IntShl | IntShr | UintShr => self.select_shift(&op),
            IntNeg | IntNot => self.select_unary(&op),
            IntAddOvf | IntSubOvf | IntMulOvf => self.select_overflow_guard(&op),
            IntAddOverflows | IntSubOverflows | IntMulOverflows => self.select_condition(),
            IntEq | IntNe | IntLt | IntLe | IntGt | IntGe | UintLt | UintGe => {
                self.select_condition()
            }
            FloatEq | FloatNe | FloatLt | FloatLe | RefEq | RefNe | BoolNot => {
                self.select_condition()
            }
            FloatAdd | FloatSub | FloatMul | FloatDiv => self.select_float_arithmetic(&op),
            FloatNeg | FloatAbs => self.select_float_sign(&op),
            FloatSqrt => self.select_sqrt(&op),
            FloatFloor | FloatCeil | FloatTrunc => self.select_round(&op),
            IntToFloat | FloatToInt | FloatBits | FloatOfBits => self.select_conversion(&op),
            BoolToInt | BoolOfInt | RefBits | RefOfBits => self.select_renaming(&op),
            GuardTrue | GuardFalse => self.select_guard_bool(&op),
            GuardValue => self.select_guard_value(&op),
            GuardNoError | GuardNoSignal => self.select_guard_flag(&op),
            GuardChaos => self.select_guard_chaos(),
            GuardValid => self.select_guard_valid(),
            GuardStack => self.select_guard_stack(),
            CallGuest => self.select_call_guest(&op),
            DirectEntry => self.select_direct_entry(&op),
            New | NewArray => self.select_new(&op),
            Call | CallVoid => self.select_call(&op),
        }
        self.check()
    }

    /// A constant that fits an instruction.
    fn imm32(&self, r: Ref) -> Option<i32> {
        i32::try_from(self.konst(r)? as i64).ok()
    }

    /// An integer operand: constant, memory or register.
    fn src(&mut self, r: Ref) -> Src {
        if let Some(imm) = self.imm32(r) {
            return Src::Imm(imm);
        }
        self.src_without_imm(r)
    }

    /// An integer or float operand: memory or register.
    fn src_without_imm(&mut self, r: Ref) -> Src {
        let id = self.id(r);
        if self.vals[id].reg.is_none() {
            if let Some(bits) = self.vals[id].konst {
                return Src::Mem(Mem::Pool(self.pool_entry(bits, None)));
            }
            if let Some(mem) = self.merge_load(r) {
                return Src::Mem(mem);
            }
        }
        Src::Reg(self.need_any(r))
    }

    /// `a` in the result's register `d` or, if it lives on, in another: then the caller copies it.
    fn need_in(&mut self, a: Ref, d: Reg) -> Reg {
        self.pinned.remove(d);
        let allowed = self.class(self.id(a)).all();
        let r = self.need(a, allowed, &[d]);
        self.pinned.add(d);
        r
    }

    /// Is `r` not in a register yet, and so ends at the current op?
    fn is_fresh(&self, r: Ref) -> bool {
        let val = &self.vals[self.id(r)];
        val.konst.is_none() && val.reg.is_none()
    }

    /// Can the op that defines `r` be computed by its user, the current op?
    fn can_merge(&self, r: Ref) -> bool {
        if !r.is_op() {
            return false;
        }
        let (id, facts) = (r.index(), self.facts);
        let fact = &facts.values[id];
        fact.hard == 1
            && fact.first_soft == u32::MAX
            && !self.is_live(id)
            && self.vals[id].konst.is_none()
            && !(facts.has_loop && id < facts.label && self.pos > facts.label)
    }
}
