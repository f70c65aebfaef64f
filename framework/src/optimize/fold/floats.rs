//! Float algebra: only what holds for every double, the sign of zero included (a NaN may lose its payload).

use super::instead;
use crate::optimize::context::Context;
use crate::optimize::pass::Answer;
use crate::trace::Opcode::*;
use crate::trace::{Op, Ref, Ty};

/// Rules for float ops; constants are on the right of commutative ones already.
pub(super) fn simplify(cx: &mut Context<'_>, op: &Op) -> Answer {
    let [a, b, _] = op.args;
    let c = match b {
        Ref::NONE => None,
        b => cx.out.as_const(b).map(|c| f64::from_bits(c.bits)),
    };
    match (op.code, c) {
        // a * 1.0 = a / 1.0 = a, bit for bit but for signalling NaNs, which no op makes
        (FloatMul | FloatDiv, Some(1.0)) => Answer::Value(a),
        // a * -1.0 = a / -1.0 = -a
        (FloatMul | FloatDiv, Some(-1.0)) => instead(FloatNeg, &[a]),
        // a + -0.0 = a - 0.0 = a
        (FloatAdd, Some(c)) if c == 0.0 && c.is_sign_negative() => Answer::Value(a),
        (FloatSub, Some(c)) if c == 0.0 && c.is_sign_positive() => Answer::Value(a),
        // a * 2.0 = a + a
        (FloatMul, Some(2.0)) => instead(FloatAdd, &[a, a]),
        // a / c = a * (1 / c) where 1 / c is exact
        (FloatDiv, Some(c)) if reciprocal_is_exact(c) => {
            let reciprocal = cx.out.constant(Ty::Float, (1.0 / c).to_bits());
            instead(FloatMul, &[a, reciprocal])
        }
        // a + -b = a - b, a - -b = a + b
        (FloatAdd | FloatSub, None) => match cx.def(b, FloatNeg) {
            Some(inner) if cx.usable(inner.args[0]) => {
                let code = if op.code == FloatAdd { FloatSub } else { FloatAdd };
                instead(code, &[a, inner.args[0]])
            }
            _ => Answer::Keep,
        },
        // -(-a) = a
        (FloatNeg, _) => match cx.def(a, FloatNeg) {
            Some(inner) if cx.usable(inner.args[0]) => Answer::Value(inner.args[0]),
            _ => Answer::Keep,
        },
        // |-a| = ||a|| = |a|
        (FloatAbs, _) => match (cx.def(a, FloatNeg), cx.def(a, FloatAbs)) {
            (Some(inner), _) if cx.usable(inner.args[0]) => instead(FloatAbs, &[inner.args[0]]),
            (_, Some(_)) => Answer::Value(a),
            _ => Answer::Keep,
        },
        // rounding what is rounded
        (FloatFloor | FloatCeil | FloatTrunc, _) => {
            let whole = cx.out.def(a).is_some_and(|inner| {
                matches!(inner.code, FloatFloor | FloatCeil | FloatTrunc | IntToFloat)
            });
            if whole { Answer::Value(a) } else { Answer::Keep }
        }
        _ => Answer::Keep,
    }
}

/// A power of two whose reciprocal is a normal number too.
fn reciprocal_is_exact(c: f64) -> bool {
    c.is_normal() && c.to_bits() << 12 == 0 && (1.0 / c).is_normal()
}
