//! RANGES: what an integer can be, by range and by bit, decides comparisons and removes overflow checks.
//!
//! ```text
//! b1 = int_lt i0, 1000               b1 = int_lt i0, 1000
//! guard_true b1 -> s0                guard_true b1 -> s0
//! i2 = int_add_ovf i0, 1 -> s0  =>   i2 = int_add i0, 1
//! i3 = int_floormod i2, 8            i3 = int_and i2, 7
//! b4 = uint_lt i3, 8                 (true)
//! ```
//! Going forward, each op's fact follows from its operands' ([`transfer`]); a guard on a comparison narrows both sides.
//!
//! Guarantees: no checked arithmetic in the output whose operands' ranges cannot overflow.
//! Must not: look at anything but integers.

mod divide;
mod narrow;
mod transfer;

use super::context::{Context, op};
use super::fact::Fact;
use super::options::PassId;
use super::pass::{Answer, Pass};
use crate::trace::{Op, Opcode, Ref, Ty};

/// The facts themselves lie in the context.
pub(super) struct Ranges;

impl Pass for Ranges {
    fn id(&self) -> PassId {
        PassId::Ranges
    }

    fn feed(&mut self, cx: &mut Context<'_>, op: &Op) -> Answer {
        use Opcode::*;
        match op.code {
            IntAddOvf | IntSubOvf | IntMulOvf => optimize_checked(cx, op),
            IntAddOverflows | IntSubOverflows | IntMulOverflows => optimize_question(cx, op),
            IntEq | IntNe | IntLt | IntLe | IntGt | IntGe | UintLt | UintGe => {
                optimize_compare(cx, op)
            }
            IntDiv | IntRem | IntFloordiv | IntFloormod => divide::optimize(cx, op),
            IntAnd | IntOr | IntXor | IntShl | IntShr | UintShr | IntAdd => optimize_bits(cx, op),
            _ => Answer::Keep,
        }
    }

    fn committed(&mut self, cx: &mut Context<'_>, op: &Op, at: Ref) {
        match op.code {
            Opcode::GuardTrue => narrow::by_truth(cx, op.args[0], true),
            Opcode::GuardFalse => narrow::by_truth(cx, op.args[0], false),
            _ if op.result() == Some(Ty::Int) => {
                let fact = transfer::fact(cx, op);
                if fact != Fact::ANY {
                    cx.learn_fact(at, fact);
                }
                narrow::by_arithmetic(cx, op, at);
            }
            _ => {}
        }
    }

    fn failed(&mut self, cx: &mut Context<'_>, op: &Op) {
        match op.code {
            Opcode::GuardTrue => narrow::by_truth(cx, op.args[0], false),
            Opcode::GuardFalse => narrow::by_truth(cx, op.args[0], true),
            _ => {}
        }
    }

    fn forget(&mut self) {}
}

/// Can this sum, difference or product overflow? `None` if it depends.
fn overflows(code: Opcode, a: Fact, b: Fact) -> Option<bool> {
    use Opcode::*;
    let (lo, hi) = transfer::exact_bounds(code, a, b)?;
    let (min, max) = (i128::from(i64::MIN), i128::from(i64::MAX));
    if lo >= min && hi <= max {
        Some(false)
    } else if matches!(code, IntAddOverflows | IntSubOverflows | IntMulOverflows)
        && (lo > max || hi < min)
    {
        Some(true)
    } else {
        None
    }
}

/// `int_add_ovf a, b  =>  int_add a, b` if no sum of such numbers overflows.
fn optimize_checked(cx: &Context<'_>, op: &Op) -> Answer {
    let [a, b, _] = op.args;
    let wrapping = match op.code {
        Opcode::IntAddOvf => Opcode::IntAdd,
        Opcode::IntSubOvf => Opcode::IntSub,
        _ => Opcode::IntMul,
    };
    match overflows(op.code, cx.fact(a), cx.fact(b)) {
        Some(false) => instead(wrapping, &[a, b]),
        _ => Answer::Keep,
    }
}

fn optimize_question(cx: &mut Context<'_>, op: &Op) -> Answer {
    match overflows(op.code, cx.fact(op.args[0]), cx.fact(op.args[1])) {
        Some(yes) => Answer::Value(cx.make_bool(yes)),
        None => Answer::Keep,
    }
}

/// A comparison whose sides' facts decide it; `uint_lt a, b  =>  int_lt a, b` if neither is negative.
fn optimize_compare(cx: &mut Context<'_>, op: &Op) -> Answer {
    use Opcode::*;
    let [a, b, _] = op.args;
    if let Some(holds) = decide(op.code, cx.fact(a), cx.fact(b)) {
        return Answer::Value(cx.make_bool(holds));
    }
    let signed = match op.code {
        UintLt => IntLt,
        UintGe => IntGe,
        _ => return Answer::Keep,
    };
    if cx.fact(a).is_natural() && cx.fact(b).is_natural() {
        return instead(signed, &[a, b]);
    }
    Answer::Keep
}

/// The outcome of comparing any number of `a` with any of `b`, if it is always the same.
fn decide(code: Opcode, a: Fact, b: Fact) -> Option<bool> {
    use Opcode::*;
    let less = |a: Fact, b: Fact| {
        if a.hi < b.lo {
            Some(true)
        } else if a.lo >= b.hi {
            Some(false)
        } else {
            None
        }
    };
    match code {
        IntLt => less(a, b),
        IntGe => less(a, b).map(|l| !l),
        IntGt => less(b, a),
        IntLe => less(b, a).map(|l| !l),
        IntEq | IntNe if a.and(b).is_none() => Some(code == IntNe),
        UintLt | UintGe => {
            let unsigned = match (a.is_natural(), b.is_natural(), a.hi < 0, b.hi < 0) {
                (true, true, ..) | (_, _, true, true) => less(a, b),
                (true, _, _, true) => Some(true),
                (_, true, true, _) => Some(false),
                _ => None,
            };
            unsigned.map(|l| l == (code == UintLt))
        }
        _ => None,
    }
}

/// Bits that are known make masks, sign extensions and sums smaller.
fn optimize_bits(cx: &mut Context<'_>, op: &Op) -> Answer {
    use Opcode::*;
    let [a, b, _] = op.args;
    let (fa, fb) = (cx.fact(a), cx.fact(b));
    if let Some(value) = transfer::fact(cx, op).value() {
        return Answer::Value(cx.make_int(value));
    }
    match op.code {
        // every bit of a is 0 or kept by b
        IntAnd if !fa.zeros & !fb.ones == 0 => Answer::Value(a),
        IntAnd if !fb.zeros & !fa.ones == 0 => Answer::Value(b),
        // every bit of b is 0 or set in a already
        IntOr if !fb.zeros & !fa.ones == 0 => Answer::Value(a),
        IntOr if !fa.zeros & !fb.ones == 0 => Answer::Value(b),
        // without a sign both shifts are one
        IntShr if fa.is_natural() => instead(UintShr, &[a, b]),
        _ => Answer::Keep,
    }
}

/// An op in place of the one that was fed.
fn instead(code: Opcode, args: &[Ref]) -> Answer {
    Answer::Replace(op(code, args))
}
