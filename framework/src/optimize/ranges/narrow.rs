//! What a guard that held says about the sides of the comparison it tested.

use crate::optimize::context::Context;
use crate::optimize::fact::Fact;
use crate::trace::Opcode::*;
use crate::trace::{Op, Ref};

/// `value` is a truth value that turned out so.
pub(super) fn by_truth(cx: &mut Context<'_>, value: Ref, holds: bool) {
    let Some(&def) = cx.out.def(value) else { return };
    let [a, b, _] = def.args;
    match (def.code, holds) {
        (IntLt, true) | (IntGe, false) => less(cx, a, b),
        (IntGt, true) | (IntLe, false) => less(cx, b, a),
        (IntLe, true) | (IntGt, false) => at_most(cx, a, b),
        (IntGe, true) | (IntLt, false) => at_most(cx, b, a),
        (IntEq, true) | (IntNe, false) => {
            let (fa, fb) = (cx.fact(a), cx.fact(b));
            narrow(cx, a, fb);
            narrow(cx, b, fa);
        }
        (IntNe, true) | (IntEq, false) => different(cx, a, b),
        (UintLt, true) | (UintGe, false) => below(cx, a, b),
        (BoolNot, _) => by_truth(cx, a, !holds),
        _ => {}
    }
}

/// a < b
fn less(cx: &mut Context<'_>, a: Ref, b: Ref) {
    let (fa, fb) = (cx.fact(a), cx.fact(b));
    narrow(cx, a, Fact::range(i64::MIN, fb.hi.saturating_sub(1)));
    narrow(cx, b, Fact::range(fa.lo.saturating_add(1), i64::MAX));
}

/// a <= b
fn at_most(cx: &mut Context<'_>, a: Ref, b: Ref) {
    let (fa, fb) = (cx.fact(a), cx.fact(b));
    narrow(cx, a, Fact::range(i64::MIN, fb.hi));
    narrow(cx, b, Fact::range(fa.lo, i64::MAX));
}

/// a < b, both unsigned: if b is natural, so is a.
fn below(cx: &mut Context<'_>, a: Ref, b: Ref) {
    let fb = cx.fact(b);
    if fb.lo >= 0 && fb.hi > 0 {
        narrow(cx, a, Fact::range(0, fb.hi - 1));
        let fa = cx.fact(a);
        narrow(cx, b, Fact::range(fa.lo.saturating_add(1), i64::MAX));
    }
}

/// a != b matters if one is a constant at an end of the other's range.
fn different(cx: &mut Context<'_>, a: Ref, b: Ref) {
    for (x, y) in [(a, b), (b, a)] {
        let (fact, Some(c)) = (cx.fact(x), cx.fact(y).value()) else { continue };
        if fact.lo == c && c < fact.hi {
            narrow(cx, x, Fact { lo: c + 1, ..Fact::ANY });
        } else if fact.hi == c && c > fact.lo {
            narrow(cx, x, Fact { hi: c - 1, ..Fact::ANY });
        }
    }
}

/// The value is in this range, too; and so, perhaps, is what it was computed from.
fn narrow(cx: &mut Context<'_>, value: Ref, fact: Fact) {
    if !cx.resolve(value).is_op() {
        return;
    }
    cx.learn_fact(value, fact);
    let Some(&def) = cx.out.def(value) else { return };
    if matches!(def.code, IntAdd | IntAddOvf)
        && let Some(c) = cx.int(def.args[1])
        && does_not_wrap(cx, &def, c)
    {
        // x + c is in lo..=hi without overflow, so x is in lo - c..=hi - c.
        let now = cx.fact(value);
        let lo = now.lo.checked_sub(c).unwrap_or(i64::MIN);
        let hi = now.hi.checked_sub(c).unwrap_or(i64::MAX);
        if lo <= hi {
            narrow(cx, def.args[0], Fact::range(lo, hi));
        }
    }
}

fn does_not_wrap(cx: &Context<'_>, def: &Op, c: i64) -> bool {
    let fact = cx.fact(def.args[0]);
    def.code == IntAddOvf || (fact.lo.checked_add(c).is_some() && fact.hi.checked_add(c).is_some())
}

/// Checked arithmetic that held: `a + c` did not overflow, so `a` is at most `MAX - c`.
pub(super) fn by_arithmetic(cx: &mut Context<'_>, op: &Op, _at: Ref) {
    if op.code != IntAddOvf {
        return;
    }
    let [a, b, _] = op.args;
    for (x, y) in [(a, b), (b, a)] {
        let Some(c) = cx.int(y) else { continue };
        let fact = if c >= 0 {
            Fact::range(i64::MIN, i64::MAX - c)
        } else {
            Fact::range(i64::MIN - c, i64::MAX)
        };
        cx.learn_fact(x, fact);
    }
}
