//! GUARD: a guard that tests what is known is dropped; one that stays teaches what it tested.
//!
//! ```text
//! b2 = int_eq i0, 3              b2 = int_eq i0, 3
//! guard_true b2 -> s0            guard_true b2 -> s0
//! i3 = int_add i0, 1       =>    (4)
//! b4 = int_lt i1, i2             b4 = int_lt i1, i2
//! guard_true b4 -> s0            guard_true b4 -> s0
//! b5 = int_ge i1, i2             (false)
//! guard_false b5 -> s0
//! ```
//!
//! Guarantees: the operand of a guard in the output is not a constant, nor a negation.
//! Must not: drop a guard that may fail; touch the guards on signals, errors and chaos.

use super::context::{Context, op};
use super::hash::{Map, map};
use super::options::PassId;
use super::pass::{Answer, Pass};
use crate::trace::{Op, Opcode, Ref, Ty};
use bumpalo::Bump;

/// What the guards in the output say.
pub(super) struct Guard<'b> {
    /// Comparisons of two values that are not constants, and their outcome. `int_lt`, `int_ge`, `uint_lt`, `uint_ge`,
    /// `int_eq` and `ref_eq` only; the last two with the lesser operand first.
    relations: Map<'b, (Opcode, Ref, Ref), bool>,
    /// The trace was valid, and nothing that may invalidate it has happened since.
    valid: bool,
}

impl<'b> Guard<'b> {
    /// Nothing is known.
    pub(super) fn new(bump: &'b Bump) -> Guard<'b> {
        Guard { relations: map(bump), valid: false }
    }

    /// The value has these bits from now on: and so has, perhaps, what it was computed from.
    fn learn(&mut self, cx: &mut Context<'_>, value: Ref, bits: u64) {
        if !cx.resolve(value).is_op() {
            return;
        }
        let Some(&def) = cx.out.def(value) else { return };
        let Some(ty) = def.result() else { return };
        let constant = cx.out.constant(ty, bits);
        cx.set_equal(value, constant);
        if let Some((from, bits)) = undo(cx, &def, bits) {
            self.learn(cx, from, bits);
        } else if ty == Ty::Bool {
            self.learn_relation(cx, def.code, def.args[0], def.args[1], bits != 0);
        }
    }

    fn learn_relation(&mut self, cx: &Context<'_>, code: Opcode, a: Ref, b: Ref, holds: bool) {
        use Opcode::*;
        if b == Ref::NONE || !cx.resolve(a).is_op() || !cx.resolve(b).is_op() {
            return;
        }
        let (a, b) = (cx.original(a), cx.original(b));
        let (code, a, b, holds) = match code {
            IntGe => (IntLt, a, b, !holds),
            IntGt => (IntLt, b, a, holds),
            IntLe => (IntLt, b, a, !holds),
            UintGe => (UintLt, a, b, !holds),
            IntNe => (IntEq, a, b, !holds),
            RefNe => (RefEq, a, b, !holds),
            IntLt | UintLt | IntEq | RefEq => (code, a, b, holds),
            _ => return,
        };
        let (low, high) = (a.min(b), a.max(b));
        match code {
            IntLt | UintLt => {
                self.relations.insert((code, a, b), holds);
                if holds {
                    // a < b: not b < a, not a = b
                    self.relations.insert((code, b, a), false);
                    self.relations.insert((IntEq, low, high), false);
                }
            }
            _ => {
                self.relations.insert((code, low, high), holds);
                if holds && code == IntEq {
                    for (x, y) in [(a, b), (b, a)] {
                        self.relations.insert((IntLt, x, y), false);
                        self.relations.insert((UintLt, x, y), false);
                    }
                }
            }
        }
    }

    /// What the guards say about a comparison.
    fn relation(&self, code: Opcode, a: Ref, b: Ref) -> Option<bool> {
        use Opcode::*;
        let (low, high) = (a.min(b), a.max(b));
        let (key, same) = match code {
            IntLt | UintLt => ((code, a, b), true),
            IntGt => ((IntLt, b, a), true),
            IntGe => ((IntLt, a, b), false),
            IntLe => ((IntLt, b, a), false),
            UintGe => ((UintLt, a, b), false),
            IntEq | RefEq => ((code, low, high), true),
            IntNe => ((IntEq, low, high), false),
            RefNe => ((RefEq, low, high), false),
            _ => return None,
        };
        self.relations.get(&key).map(|&holds| holds == same)
    }
}

/// The operand that an op must have had to yield these bits.
fn undo(cx: &Context<'_>, def: &Op, bits: u64) -> Option<(Ref, u64)> {
    use Opcode::*;
    let [a, b, _] = def.args;
    let c = if def.code.operands().len() == 2 { cx.constant(b).map(|c| c.bits) } else { None };
    match (def.code, c) {
        (BoolNot, _) => Some((a, bits ^ 1)),
        (BoolOfInt | BoolToInt | FloatBits | FloatOfBits | RefBits | RefOfBits, _) => {
            Some((a, bits))
        }
        (IntNeg, _) => Some((a, bits.wrapping_neg())),
        (IntNot, _) => Some((a, !bits)),
        (FloatNeg, _) => Some((a, bits ^ 1 << 63)),
        (IntAdd | IntAddOvf, Some(c)) => Some((a, bits.wrapping_sub(c))),
        (IntXor, Some(c)) => Some((a, bits ^ c)),
        (IntEq | RefEq, Some(c)) if bits == 1 => Some((a, c)),
        (IntNe | RefNe, Some(c)) if bits == 0 => Some((a, c)),
        // 0.0 = -0.0, and a NaN equals nothing: every other double is equal to itself alone.
        (FloatEq, Some(c)) if bits == 1 && f64::from_bits(c) != 0.0 => Some((a, c)),
        (FloatNe, Some(c)) if bits == 0 && f64::from_bits(c) != 0.0 => Some((a, c)),
        _ => None,
    }
}

impl Pass for Guard<'_> {
    fn id(&self) -> PassId {
        PassId::Guard
    }

    fn feed(&mut self, cx: &mut Context<'_>, op: &Op) -> Answer {
        use Opcode::*;
        match op.code {
            GuardTrue => optimize_truth(cx, op.args[0], true),
            GuardFalse => optimize_truth(cx, op.args[0], false),
            GuardValue => optimize_value(cx, op),
            GuardValid if self.valid => Answer::Drop,
            IntEq | IntNe | IntLt | IntLe | IntGt | IntGe | UintLt | UintGe | RefEq | RefNe => {
                match self.relation(op.code, cx.original(op.args[0]), cx.original(op.args[1])) {
                    Some(holds) => Answer::Value(cx.make_bool(holds)),
                    None => Answer::Keep,
                }
            }
            _ => Answer::Keep,
        }
    }

    fn committed(&mut self, cx: &mut Context<'_>, op: &Op, _: Ref) {
        match op.code {
            Opcode::GuardTrue => self.learn(cx, op.args[0], 1),
            Opcode::GuardFalse => self.learn(cx, op.args[0], 0),
            Opcode::GuardValue => {
                if let Some(c) = cx.constant(op.args[1]) {
                    self.learn(cx, op.args[0], c.bits);
                }
            }
            Opcode::GuardValid => self.valid = true,
            Opcode::CallGuest => self.valid = false,
            Opcode::Call | Opcode::CallVoid => {
                self.valid &= !op.call().effect().writes();
            }
            _ => {}
        }
    }

    fn failed(&mut self, cx: &mut Context<'_>, op: &Op) {
        match op.code {
            Opcode::GuardTrue => self.learn(cx, op.args[0], 0),
            Opcode::GuardFalse => self.learn(cx, op.args[0], 1),
            _ => {}
        }
    }

    fn forget(&mut self) {
        self.relations.clear();
        self.valid = false;
    }
}

/// `guard_true true` and the like hold; `guard_true (bool_not b)` is `guard_false b`.
fn optimize_truth(cx: &Context<'_>, value: Ref, want: bool) -> Answer {
    if let Some(c) = cx.constant(value) {
        return if (c.bits != 0) == want { Answer::Drop } else { Answer::Never };
    }
    match cx.def(value, Opcode::BoolNot) {
        Some(inner) if cx.usable(inner.args[0]) => truth_guard(inner.args[0], !want),
        _ => Answer::Keep,
    }
}

/// A `guard_value` on a constant holds or never does; on what stems from a truth value it is a simpler guard.
fn optimize_value(cx: &Context<'_>, op: &Op) -> Answer {
    let [value, want, _] = op.args;
    let Some(want) = cx.constant(want) else { return Answer::Keep };
    if let Some(c) = cx.constant(value) {
        return if c.bits == want.bits { Answer::Drop } else { Answer::Never };
    }
    let Some(def) = cx.out.def(value) else { return Answer::Keep };
    match (def.code, want.bits) {
        (_, 0 | 1) if def.result() == Some(Ty::Bool) => truth_guard(value, want.bits == 1),
        (Opcode::BoolToInt, 0 | 1) if cx.usable(def.args[0]) => {
            truth_guard(def.args[0], want.bits == 1)
        }
        _ => Answer::Keep,
    }
}

fn truth_guard(value: Ref, want: bool) -> Answer {
    Answer::Replace(op(if want { Opcode::GuardTrue } else { Opcode::GuardFalse }, &[value]))
}
