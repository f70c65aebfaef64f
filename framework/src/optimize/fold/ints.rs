//! Integer algebra. Every rule stands as an equation above its code; constants are on the right already.

use super::instead;
use crate::optimize::context::Context;
use crate::optimize::pass::Answer;
use crate::trace::Opcode::*;
use crate::trace::{Op, Opcode, Ref};

/// Rules for wrapping arithmetic and bits.
pub(super) fn simplify(cx: &mut Context<'_>, op: &Op) -> Answer {
    let [a, b, _] = op.args;
    if b != Ref::NONE
        && let Some(c) = cx.int(b)
    {
        return with_constant(cx, op, c);
    }
    match op.code {
        // a - a = a ^ a = 0
        IntSub | IntXor if a == b => Answer::Value(cx.make_int(0)),
        // a & a = a | a = a
        IntAnd | IntOr if a == b => Answer::Value(a),
        // 0 - a = -a
        IntSub if cx.int(a) == Some(0) => instead(IntNeg, &[b]),
        // (a + b) - b = a, (a + b) - a = b
        IntSub => minus_summand(cx, a, b),
        // -(-a) = a; -(a - b) = b - a
        IntNeg => match (cx.def(a, IntNeg), cx.def(a, IntSub)) {
            (Some(inner), _) if cx.usable(inner.args[0]) => Answer::Value(inner.args[0]),
            (_, Some(d)) if cx.usable(d.args[0]) && cx.usable(d.args[1]) => {
                instead(IntSub, &[d.args[1], d.args[0]])
            }
            _ => Answer::Keep,
        },
        // !!a = a
        IntNot => match cx.def(a, IntNot) {
            Some(inner) if cx.usable(inner.args[0]) => Answer::Value(inner.args[0]),
            _ => Answer::Keep,
        },
        // 0 << a = 0 >> a = 0
        IntShl | IntShr | UintShr if cx.int(a) == Some(0) => Answer::Value(a),
        _ => Answer::Keep,
    }
}

fn minus_summand(cx: &Context<'_>, sum: Ref, b: Ref) -> Answer {
    let Some(add) = cx.def(sum, IntAdd).or(cx.def(sum, IntAddOvf)) else { return Answer::Keep };
    let other = match add.args {
        [x, y, _] if y == b => x,
        [x, y, _] if x == b => y,
        _ => return Answer::Keep,
    };
    if cx.usable(other) { Answer::Value(other) } else { Answer::Keep }
}

fn with_constant(cx: &mut Context<'_>, op: &Op, c: i64) -> Answer {
    let a = op.args[0];
    match (op.code, c) {
        // a + 0 = a - 0 = a | 0 = a ^ 0 = a << 0 = a >> 0 = a
        (IntAdd | IntSub | IntOr | IntXor, 0) => Answer::Value(a),
        (IntShl | IntShr | UintShr, _) if c & 63 == 0 => Answer::Value(a),
        // a & -1 = a, a & 0 = a * 0 = 0, a | -1 = -1, a ^ -1 = !a
        (IntAnd, -1) => Answer::Value(a),
        (IntAnd | IntMul | IntMulhi, 0) | (IntOr, -1) => Answer::Value(op.args[1]),
        (IntXor, -1) => instead(IntNot, &[a]),
        // a * 1 = a / 1 = a, a % 1 = 0, a * -1 = a / -1 = -a, a % -1 = 0
        (IntMul | IntDiv | IntFloordiv, 1) => Answer::Value(a),
        (IntRem | IntFloormod, 1 | -1) => Answer::Value(cx.make_int(0)),
        (IntMul | IntDiv | IntFloordiv, -1) => instead(IntNeg, &[a]),
        // a - c = a + -c
        (IntSub, _) => {
            let negated = cx.make_int(c.wrapping_neg());
            instead(IntAdd, &[a, negated])
        }
        // a * 2^k = a << k
        (IntMul, _) if (c as u64).is_power_of_two() => shift(cx, IntShl, a, c),
        // floor(a / 2^k) = a >> k, a mod 2^k = a & 2^k - 1
        (IntFloordiv, _) if c > 0 && (c as u64).is_power_of_two() => shift(cx, IntShr, a, c),
        (IntFloormod, _) if c > 0 && (c as u64).is_power_of_two() => {
            let mask = cx.make_int(c - 1);
            instead(IntAnd, &[a, mask])
        }
        (IntAdd | IntAnd | IntOr | IntXor | IntMul, _) => reassociate(cx, op, c),
        (IntShl | IntShr | UintShr, _) => shift_twice(cx, op, c),
        _ => Answer::Keep,
    }
}

fn shift(cx: &mut Context<'_>, code: Opcode, a: Ref, power: i64) -> Answer {
    let by = cx.make_int(i64::from(power.trailing_zeros()));
    instead(code, &[a, by])
}

/// `(a op c1) op c2 = a op (c1 op c2)`
fn reassociate(cx: &mut Context<'_>, op: &Op, c: i64) -> Answer {
    let Some(inner) = cx.def(op.args[0], op.code) else { return Answer::Keep };
    let Some(inner_c) = cx.int(inner.args[1]) else { return Answer::Keep };
    if !cx.usable(inner.args[0]) {
        return Answer::Keep;
    }
    let c = match op.code {
        IntAdd => inner_c.wrapping_add(c),
        IntAnd => inner_c & c,
        IntOr => inner_c | c,
        IntXor => inner_c ^ c,
        _ => inner_c.wrapping_mul(c),
    };
    let c = cx.make_int(c);
    instead(op.code, &[inner.args[0], c])
}

/// `(a << c1) << c2 = a << (c1 + c2)` while that is below 64, and so for the other shifts.
/// `(a << c) >> c = a & (-1 >> c)` for the logical right shift.
fn shift_twice(cx: &mut Context<'_>, op: &Op, c: i64) -> Answer {
    let c = c & 63;
    let inner = cx.def(op.args[0], op.code).and_then(|inner| Some((inner, cx.int(inner.args[1])?)));
    if let Some((inner, inner_c)) = inner
        && (inner_c & 63) + c < 64
        && cx.usable(inner.args[0])
    {
        let by = cx.make_int((inner_c & 63) + c);
        return instead(op.code, &[inner.args[0], by]);
    }
    if op.code == UintShr
        && let Some(inner) = cx.def(op.args[0], IntShl)
        && cx.int(inner.args[1]).map(|by| by & 63) == Some(c)
        && cx.usable(inner.args[0])
    {
        let mask = cx.make_int((u64::MAX >> c) as i64);
        return instead(IntAnd, &[inner.args[0], mask]);
    }
    Answer::Keep
}

/// Rules for checked arithmetic and the questions whether it overflows.
pub(super) fn simplify_checked(cx: &mut Context<'_>, op: &Op) -> Answer {
    let [a, b, _] = op.args;
    let c = cx.int(b);
    match (op.code, c) {
        // a + 0 and a - 0 do not overflow, nor does a * 0, a * 1
        (IntAddOvf | IntSubOvf, Some(0)) | (IntMulOvf, Some(1)) => Answer::Value(a),
        (IntMulOvf, Some(0)) => Answer::Value(b),
        (IntAddOverflows | IntSubOverflows, Some(0)) | (IntMulOverflows, Some(0 | 1)) => {
            Answer::Value(cx.make_bool(false))
        }
        // a - c = a + -c, if -c does not overflow
        (IntSubOvf, Some(c)) if c != i64::MIN => {
            let negated = cx.make_int(-c);
            instead(IntAddOvf, &[a, negated])
        }
        (IntSubOverflows, Some(c)) if c != i64::MIN => {
            let negated = cx.make_int(-c);
            instead(IntAddOverflows, &[a, negated])
        }
        // a * 2 = a + a, and an addition is cheaper
        (IntMulOvf, Some(2)) => instead(IntAddOvf, &[a, a]),
        (IntMulOverflows, Some(2)) => instead(IntAddOverflows, &[a, a]),
        // a - a = 0
        (IntSubOvf, None) if a == b => Answer::Value(cx.make_int(0)),
        (IntSubOverflows, None) if a == b => Answer::Value(cx.make_bool(false)),
        _ => Answer::Keep,
    }
}
