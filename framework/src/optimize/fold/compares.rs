//! Comparisons of integers and references: one form for each relation, and what algebra decides.

use super::instead;
use crate::optimize::context::Context;
use crate::optimize::pass::Answer;
use crate::trace::Opcode::*;
use crate::trace::{Op, Opcode, Ref};

/// Rules for comparisons; constants are on the right already.
pub(super) fn simplify(cx: &mut Context<'_>, op: &Op) -> Answer {
    let [a, b, _] = op.args;
    if a == b {
        // a = a, a <= a, a >= a; not a < a
        let holds = matches!(op.code, IntEq | IntLe | IntGe | UintGe | RefEq);
        return Answer::Value(cx.make_bool(holds));
    }
    match (op.code, cx.int(b)) {
        (IntEq | IntNe, Some(c)) => equality_with_constant(cx, op, c),
        // a - b = 0  <=>  a = b is caught above; a <= c  <=>  a < c + 1; a > c  <=>  a >= c + 1
        (IntLe, Some(c)) if c < i64::MAX => {
            let next = cx.make_int(c + 1);
            instead(IntLt, &[a, next])
        }
        (IntGt, Some(c)) if c < i64::MAX => {
            let next = cx.make_int(c + 1);
            instead(IntGe, &[a, next])
        }
        (IntLe, Some(_)) => Answer::Value(cx.make_bool(true)),
        (IntGt, Some(_)) => Answer::Value(cx.make_bool(false)),
        (IntGe, Some(i64::MIN)) | (UintGe, Some(0)) => Answer::Value(cx.make_bool(true)),
        (IntLt, Some(i64::MIN)) | (UintLt, Some(0)) => Answer::Value(cx.make_bool(false)),
        // a <= b  <=>  b >= a; a > b  <=>  b < a
        (IntLe, None) => instead(IntGe, &[b, a]),
        (IntGt, None) => instead(IntLt, &[b, a]),
        _ => Answer::Keep,
    }
}

/// `a = c` where `a` is computed by an op that can be undone.
fn equality_with_constant(cx: &mut Context<'_>, op: &Op, c: i64) -> Answer {
    let Some(&inner) = cx.out.def(op.args[0]) else { return Answer::Keep };
    let [x, y, _] = inner.args;
    if !cx.usable(x) || !cx.usable(y) {
        return Answer::Keep;
    }
    let inner_c = if inner.code.operands().len() == 2 { cx.int(y) } else { None };
    let (other, constant) = match (inner.code, inner_c) {
        // x + c1 = c  <=>  x = c - c1
        (IntAdd | IntAddOvf, Some(c1)) => (x, c.wrapping_sub(c1)),
        // x ^ c1 = c  <=>  x = c ^ c1
        (IntXor, Some(c1)) => (x, c ^ c1),
        (IntNeg, _) => (x, c.wrapping_neg()),
        (IntNot, _) => (x, !c),
        // x - y = 0  <=>  x ^ y = 0  <=>  x = y
        (IntSub | IntXor, None) if c == 0 => return instead(op.code, &[x, y]),
        (BoolToInt, _) => return truth(cx, op.code, x, c),
        _ => return Answer::Keep,
    };
    let constant = cx.make_int(constant);
    instead(op.code, &[other, constant])
}

/// `bool_to_int b = 1  <=>  b`, and so on.
fn truth(cx: &mut Context<'_>, code: Opcode, b: Ref, c: i64) -> Answer {
    match (code, c) {
        (IntEq, 1) | (IntNe, 0) => Answer::Value(b),
        (IntEq, 0) | (IntNe, 1) => instead(BoolNot, &[b]),
        _ => Answer::Value(cx.make_bool(code == IntNe)),
    }
}
