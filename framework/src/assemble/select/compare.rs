//! Conditions: comparisons become flags for the guard behind them, or truth values.
//!
//! Guarantees: a comparison that a guard alone uses leaves no truth value behind; exits know its outcome.

use crate::assemble::allocate::Alloc;
use crate::assemble::regs::{Class, Reg, RegSet};
use crate::assemble::x64::{Alu, Cc, Inst, Mem, Size, Src};
use crate::trace::{Op, Opcode, Ref};

/// How the flags say yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Yes {
    /// This condition.
    If(Cc),
    /// Equal and ordered.
    Equal,
    /// Not equal or unordered.
    NotEqual,
}

impl Yes {
    fn negate(self) -> Yes {
        match self {
            Yes::If(cc) => Yes::If(cc.negate()),
            Yes::Equal => Yes::NotEqual,
            Yes::NotEqual => Yes::Equal,
        }
    }
}

/// Instructions that set the flags, and what the flags then say.
#[derive(Clone, Copy, Debug)]
pub(super) struct Condition {
    /// In order of execution.
    code: [Option<Inst>; 2],
    yes: Yes,
}

impl Condition {
    fn new(inst: Inst, cc: Cc) -> Condition {
        Condition { code: [None, Some(inst)], yes: Yes::If(cc) }
    }

    fn negate(self) -> Condition {
        Condition { yes: self.yes.negate(), ..self }
    }
}

impl Alloc<'_> {
    /// An op that yields a truth value which is not merged into a guard.
    pub(super) fn select_condition(&mut self) {
        let Some(d) = self.define() else { return };
        let op = self.trace.ops[self.pos];
        self.pinned.add(d);
        let condition = self.condition(&op, Some(d));
        let tmp = match condition.yes {
            Yes::If(_) => d,
            _ => self.temporary(Class::Gpr, RegSet::of(&[d])),
        };
        self.push(match condition.yes {
            Yes::If(cc) => Inst::Set(cc, d),
            Yes::Equal => Inst::SetBoth { dst: d, tmp, equal: true },
            Yes::NotEqual => Inst::SetBoth { dst: d, tmp, equal: false },
        });
        self.push_condition(condition);
    }

    /// `guard_true`, `guard_false`.
    pub(super) fn select_guard_bool(&mut self, op: &Op) {
        let condition = self.truth(op.args[0]);
        let leaves = if op.code == Opcode::GuardTrue { condition.negate() } else { condition };
        self.push_guard(leaves);
    }

    /// Leaves the trace if the condition holds.
    pub(super) fn push_guard(&mut self, condition: Condition) {
        let exit = self.record_exit();
        self.push(match condition.yes {
            Yes::If(cc) => Inst::ExitIf(cc, exit),
            Yes::Equal => Inst::ExitIfEqual(exit),
            Yes::NotEqual => Inst::ExitUnlessEqual(exit),
        });
        self.push_condition(condition);
    }

    fn push_condition(&mut self, condition: Condition) {
        for inst in condition.code.into_iter().rev().flatten() {
            self.push(inst);
        }
    }

    /// Is the truth value `r` true?
    fn truth(&mut self, r: Ref) -> Condition {
        if let Some(op) = self.trace.def(r).copied()
            && self.can_merge_condition(r, &op)
        {
            self.vals[r.index()].merged = true;
            return self.condition(&op, None);
        }
        if let Some(mem) = self.merge_load(r) {
            return Condition::new(Inst::CmpMem(mem, Src::Imm(0)), Cc::Ne);
        }
        Condition::new(Inst::Cmp(self.need_any(r), Src::Imm(0)), Cc::Ne)
    }

    /// Only the current op tests it, and exits that see it know the outcome.
    fn can_merge_condition(&self, r: Ref, op: &Op) -> bool {
        use Opcode::*;
        let condition = matches!(
            op.code,
            IntEq | IntNe | IntLt | IntLe | IntGt | IntGe | UintLt | UintGe | FloatEq | FloatNe
        ) || matches!(op.code, FloatLt | FloatLe | RefEq | RefNe | BoolNot)
            || matches!(op.code, IntAddOverflows | IntSubOverflows | IntMulOverflows);
        let (id, facts) = (r.index(), self.facts);
        let fact = &facts.values[id];
        let current = self.pos as u32;
        condition
            && fact.hard == 1
            && (fact.first_soft == u32::MAX
                || (fact.guard == current && fact.first_soft >= current))
            && !self.is_live(id)
            && !(facts.has_loop && id < facts.label && self.pos > facts.label)
    }

    /// The condition that `op` computes; `d` is a register that may be destroyed, if there is one.
    fn condition(&mut self, op: &Op, d: Option<Reg>) -> Condition {
        use Opcode::*;
        let (a, b) = (op.args[0], op.args[1]);
        let cc = match op.code {
            BoolNot => return self.truth(a).negate(),
            FloatEq | FloatNe | FloatLt | FloatLe => return self.float_condition(op),
            IntAddOverflows | IntSubOverflows | IntMulOverflows => {
                return self.overflow_condition(op, d);
            }
            IntEq | RefEq => Cc::E,
            IntNe | RefNe => Cc::Ne,
            IntLt => Cc::L,
            IntLe => Cc::Le,
            IntGt => Cc::G,
            IntGe => Cc::Ge,
            UintLt => Cc::B,
            _ => Cc::Ae,
        };
        if let Some(d) = d {
            self.pinned.remove(d);
        }
        self.compare(a, b, cc)
    }

    /// `a cc b`.
    pub(super) fn compare(&mut self, a: Ref, b: Ref, cc: Cc) -> Condition {
        if self.konst(a).is_some() && self.konst(b).is_none() {
            return self.compare(b, a, cc.swap());
        }
        if let Some(imm) = self.imm32(b) {
            return self.compare_constant(a, imm, cc);
        }
        if self.konst(b).is_none()
            && !self.is_fresh(b)
            && let Some(mem) = self.merge_load(a)
        {
            return Condition::new(Inst::CmpMem(mem, Src::Reg(self.need_any(b))), cc);
        }
        let x = self.need_any(a);
        let s = self.src_without_imm(b);
        Condition::new(Inst::Cmp(x, s), cc)
    }

    fn compare_constant(&mut self, a: Ref, imm: i32, cc: Cc) -> Condition {
        let equality = matches!(cc, Cc::E | Cc::Ne);
        if imm == 0
            && equality
            && let Some(test) = self.merge_test(a)
        {
            return Condition::new(test, cc);
        }
        let fits = |size| match size {
            Size::Word => true,
            Size::Byte => equality && (0..=0xff).contains(&imm),
            Size::Half => equality && imm >= 0,
        };
        match self.merge_load_of_any_size(a, fits) {
            Some((mem, Size::Word)) => Condition::new(Inst::CmpMem(mem, Src::Imm(imm)), cc),
            Some((mem, size)) => Condition::new(Inst::CmpMemSmall(size, mem, imm), cc),
            None => Condition::new(Inst::Cmp(self.need_any(a), Src::Imm(imm)), cc),
        }
    }

    /// `a & b` compared with zero.
    fn merge_test(&mut self, r: Ref) -> Option<Inst> {
        let op = *self.trace.def(r)?;
        if op.code != Opcode::IntAnd || !self.can_merge(r) {
            return None;
        }
        let (mut a, mut b) = (op.args[0], op.args[1]);
        if self.konst(a).is_some() {
            (a, b) = (b, a);
        }
        self.vals[r.index()].merged = true;
        let x = self.need_any(a);
        let s = self.src(b);
        Some(Inst::Test(x, s))
    }

    /// `a < b` is asked as `b > a`, which is false if they are unordered.
    fn float_condition(&mut self, op: &Op) -> Condition {
        let (a, b) = (op.args[0], op.args[1]);
        let (first, second, yes) = match op.code {
            Opcode::FloatLt => (b, a, Yes::If(Cc::A)),
            Opcode::FloatLe => (b, a, Yes::If(Cc::Ae)),
            Opcode::FloatEq => (a, b, Yes::Equal),
            _ => (a, b, Yes::NotEqual),
        };
        let symmetric = matches!(op.code, Opcode::FloatEq | Opcode::FloatNe);
        let (first, second) = if symmetric && self.konst(first).is_some() {
            (second, first)
        } else {
            (first, second)
        };
        let x = self.need_any(first);
        let s = self.src_without_imm(second);
        Condition { code: [None, Some(Inst::FCmp(x, s))], yes }
    }

    fn overflow_condition(&mut self, op: &Op, d: Option<Reg>) -> Condition {
        let t = d.unwrap_or_else(|| self.temporary(Class::Gpr, RegSet::EMPTY));
        self.pinned.add(t);
        let (a, b) = (op.args[0], op.args[1]);
        let s = match self.imm32(b) {
            Some(imm) if op.code != Opcode::IntMulOverflows => Src::Imm(imm),
            _ => match self.konst(b) {
                Some(bits) => Src::Mem(Mem::Pool(self.pool_entry(bits, None))),
                None => Src::Reg(self.need_outside(b, t)),
            },
        };
        let x = self.need_outside(a, t);
        let inst = match op.code {
            Opcode::IntAddOverflows => Inst::Alu(Alu::Add, t, s),
            Opcode::IntSubOverflows => Inst::Alu(Alu::Sub, t, s),
            _ => Inst::Imul(t, s),
        };
        Condition { code: [Some(Inst::Mov(t, x)), Some(inst)], yes: Yes::If(Cc::O) }
    }
}
