//! Truth values, and conversions that only reinterpret a word: they cancel in pairs.

use super::instead;
use crate::optimize::context::Context;
use crate::optimize::pass::Answer;
use crate::trace::Op;
use crate::trace::Opcode::*;

/// Rules for `bool_not` and reinterpreting conversions.
pub(super) fn simplify(cx: &mut Context<'_>, op: &Op) -> Answer {
    let a = op.args[0];
    let Some(&inner) = cx.out.def(a) else { return Answer::Keep };
    if inner.operands().iter().any(|&r| !cx.usable(r)) {
        return Answer::Keep;
    }
    // Their operands are from before a call that moves objects, if one came since.
    let of_objects = matches!(inner.code, RefEq | RefNe | RefBits);
    if of_objects && cx.out.ops[a.index()..].iter().any(Op::collects) {
        return Answer::Keep;
    }
    let [x, y, _] = inner.args;
    match (op.code, inner.code) {
        (FloatBits, FloatOfBits)
        | (FloatOfBits, FloatBits)
        | (RefBits, RefOfBits)
        | (RefOfBits, RefBits)
        | (BoolToInt, BoolOfInt)
        | (BoolOfInt, BoolToInt)
        | (BoolNot, BoolNot) => Answer::Value(x),
        // Negated comparisons. Those of floats have no opposite: both are false on NaN.
        (BoolNot, IntEq) => instead(IntNe, &[x, y]),
        (BoolNot, IntNe) => instead(IntEq, &[x, y]),
        (BoolNot, IntLt) => instead(IntGe, &[x, y]),
        (BoolNot, IntGe) => instead(IntLt, &[x, y]),
        (BoolNot, IntLe) => instead(IntGt, &[x, y]),
        (BoolNot, IntGt) => instead(IntLe, &[x, y]),
        (BoolNot, UintLt) => instead(UintGe, &[x, y]),
        (BoolNot, UintGe) => instead(UintLt, &[x, y]),
        (BoolNot, FloatEq) => instead(FloatNe, &[x, y]),
        (BoolNot, FloatNe) => instead(FloatEq, &[x, y]),
        (BoolNot, RefEq) => instead(RefNe, &[x, y]),
        (BoolNot, RefNe) => instead(RefEq, &[x, y]),
        _ => Answer::Keep,
    }
}
