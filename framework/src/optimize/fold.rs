//! FOLD: an op on constants is computed now; algebra makes ops smaller or turns them into others.
//!
//! ```text
//! i1 = int_add 2, 3               (5)
//! i2 = int_mul i0, 8         =>   i2 = int_shl i0, 3
//! b3 = int_gt 7, i0               b3 = int_lt i0, 7
//! guard_true b3 -> s0             guard_true b3 -> s0
//! ```
//!
//! Guarantees: constants stand on the right of commutative ops and comparisons; of the signed comparisons only
//! `int_lt` and `int_ge` are left, of the unsigned ones both are; `int_sub` has no constant on the right.
//! Must not: change what a float op yields, except for a NaN's bits; look at ranges.

mod bools;
mod compares;
mod floats;
mod ints;

use super::context::{Context, op};
use super::options::PassId;
use super::pass::{Answer, Pass};
use crate::trace::{CallEffect, Op, Opcode, Ref, Ty, compute};

/// The pass has no state.
pub(super) struct Fold;

impl Pass for Fold {
    fn id(&self) -> PassId {
        PassId::Fold
    }

    fn feed(&mut self, cx: &mut Context<'_>, op: &Op) -> Answer {
        use Opcode::*;
        match op.code {
            Call => return fold_call(cx, op),
            IntAddOvf | IntSubOvf | IntMulOvf => {}
            code if code.is_pure() => {}
            _ => return Answer::Keep,
        }
        if let Some(answer) = fold_constants(cx, op) {
            return answer;
        }
        let turned = constant_right(op);
        let answer = simplify(cx, &turned);
        if answer == Answer::Keep && turned != *op { Answer::Replace(turned) } else { answer }
    }

    fn committed(&mut self, _: &mut Context<'_>, _: &Op, _: Ref) {}

    fn forget(&mut self) {}
}

/// The algebra of the op.
fn simplify(cx: &mut Context<'_>, op: &Op) -> Answer {
    use Opcode::*;
    match op.code {
        IntAdd | IntSub | IntMul | IntMulhi | IntDiv | IntRem | IntFloordiv | IntFloormod
        | IntAnd | IntOr | IntXor | IntShl | IntShr | UintShr | IntNeg | IntNot => {
            ints::simplify(cx, op)
        }
        IntAddOvf | IntSubOvf | IntMulOvf | IntAddOverflows | IntSubOverflows | IntMulOverflows => {
            ints::simplify_checked(cx, op)
        }
        IntEq | IntNe | IntLt | IntLe | IntGt | IntGe | UintLt | UintGe | RefEq | RefNe => {
            compares::simplify(cx, op)
        }
        FloatAdd | FloatSub | FloatMul | FloatDiv | FloatNeg | FloatAbs | FloatSqrt
        | FloatFloor | FloatCeil | FloatTrunc | FloatEq | FloatNe | FloatLt | FloatLe
        | IntToFloat | FloatToInt => floats::simplify(cx, op),
        FloatBits | FloatOfBits | BoolToInt | BoolOfInt | BoolNot | RefBits | RefOfBits => {
            bools::simplify(cx, op)
        }
        _ => Answer::Keep,
    }
}

/// `op c1, c2  =>  c3`
fn fold_constants(cx: &mut Context<'_>, op: &Op) -> Option<Answer> {
    let mut words = [0; 2];
    for (word, &arg) in words.iter_mut().zip(op.operands()) {
        *word = cx.out.as_const(arg)?.bits;
    }
    let Some(bits) = compute(op.code, words[0], words[1]) else {
        let checked = matches!(op.code, Opcode::IntAddOvf | Opcode::IntSubOvf | Opcode::IntMulOvf);
        return Some(if checked { Answer::Never } else { Answer::Keep });
    };
    let ty = op.result()?;
    if ty == Ty::Float && f64::from_bits(bits).is_nan() {
        // The bits of a computed NaN are the machine's business.
        return Some(Answer::Keep);
    }
    Some(Answer::Value(cx.out.constant(ty, bits)))
}

/// `op c, a  =>  op a, c` if the op commutes or is a comparison with a mirror image.
fn constant_right(op: &Op) -> Op {
    use Opcode::*;
    let [a, b, _] = op.args;
    if !a.is_const() || !b.is_op() {
        return *op;
    }
    let code = match op.code {
        IntLt => IntGt,
        IntLe => IntGe,
        IntGt => IntLt,
        IntGe => IntLe,
        code if code.is_commutative() => code,
        _ => return *op,
    };
    Op { code, args: [b, a, Ref::NONE], ..*op }
}

/// An elidable call on constants is made now.
fn fold_call(cx: &mut Context<'_>, op: &Op) -> Answer {
    let Some(desc) = op.call().lookup() else { return Answer::Keep };
    if desc.effect != CallEffect::Elidable || desc.can_fail || cx.has_side_result {
        return Answer::Keep;
    }
    let list = cx.out.list(op);
    let words: Option<Vec<u64>> =
        list.iter().map(|&r| cx.out.as_const(r).map(|c| c.bits)).collect();
    match words.and_then(|words| cx.options.oracle.call(op.call(), &words)) {
        Some(bits) => Answer::Value(cx.out.constant(op.ty, bits)),
        None => Answer::Keep,
    }
}

/// An op in place of the one that was fed.
fn instead(code: Opcode, args: &[Ref]) -> Answer {
    Answer::Replace(op(code, args))
}
