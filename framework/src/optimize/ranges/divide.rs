//! Division: cheaper forms for operands of known sign, and multiplication instead of division by a constant.

use super::{instead, transfer};
use crate::optimize::context::Context;
use crate::optimize::pass::Answer;
use crate::trace::Opcode::*;
use crate::trace::{Op, Opcode, Ref};

/// Rules for the four divisions; the recorder's guards made sure that there is a quotient.
pub(super) fn optimize(cx: &mut Context<'_>, op: &Op) -> Answer {
    let [a, b, _] = op.args;
    let (fa, fb) = (cx.fact(a), cx.fact(b));
    // a mod b = a, floor(a / b) = 0 where 0 <= a < b
    if fa.lo >= 0 && fa.hi < fb.lo {
        return match op.code {
            IntRem | IntFloormod => Answer::Value(a),
            _ => Answer::Value(cx.make_int(0)),
        };
    }
    // Rounding down is cutting towards zero where neither is negative.
    if fa.is_natural() && fb.is_natural() {
        match op.code {
            IntFloordiv => return instead(IntDiv, &[a, b]),
            IntFloormod => return instead(IntRem, &[a, b]),
            _ => {}
        }
    }
    let answer = match cx.int(b) {
        Some(c) if c > 1 => by_constant(cx, op.code, a, c),
        _ => Answer::Keep,
    };
    if answer == Answer::Expand {
        cx.queue_fact = transfer::fact(cx, op);
    }
    answer
}

fn by_constant(cx: &mut Context<'_>, code: Opcode, a: Ref, c: i64) -> Answer {
    let natural = cx.fact(a).is_natural();
    let power = (c as u64).is_power_of_two();
    match code {
        // a / 2^k = a >> k, a % 2^k = a & 2^k - 1 where a is not negative
        IntDiv if power && natural => {
            let by = cx.make_int(i64::from(c.trailing_zeros()));
            instead(UintShr, &[a, by])
        }
        IntRem if power && natural => {
            let mask = cx.make_int(c - 1);
            instead(IntAnd, &[a, mask])
        }
        _ if power => Answer::Keep,
        IntDiv | IntFloordiv => {
            quotient(cx, code, a, c, natural);
            Answer::Expand
        }
        // a % c = a - a / c * c
        IntRem | IntFloormod => {
            let division = if code == IntRem { IntDiv } else { IntFloordiv };
            let whole = quotient(cx, division, a, c, natural);
            let c = cx.make_int(c);
            let product = cx.enqueue(IntMul, &[whole, c]);
            cx.enqueue(IntSub, &[a, product]);
            Answer::Expand
        }
        _ => Answer::Keep,
    }
}

/// Queues `a / c` for `c > 1` that is no power of two, as a multiplication by a rounded-up `2^(64 + shift) / c`.
fn quotient(cx: &mut Context<'_>, code: Opcode, a: Ref, c: i64, natural: bool) -> Ref {
    let sign_bit = cx.make_int(63);
    match code {
        _ if natural => by_magic(cx, a, c),
        IntDiv => {
            // One up for negative dividends: cut towards zero.
            let below = by_magic(cx, a, c);
            let one = cx.enqueue(UintShr, &[a, sign_bit]);
            cx.enqueue(IntAdd, &[below, one])
        }
        _ => {
            // floor(a / c) = !(!a / c) where a is negative.
            let sign = cx.enqueue(IntShr, &[a, sign_bit]);
            let size = cx.enqueue(IntXor, &[a, sign]);
            let whole = by_magic(cx, size, c);
            cx.enqueue(IntXor, &[whole, sign])
        }
    }
}

/// Queues the high word of `a * multiplier`, shifted.
///
/// With `multiplier = floor(2^(64 + shift) / c) + 1` and an error `multiplier * c - 2^(64 + shift)` of at most `2^(shift + 1)`, this
/// is `floor(a / c)` for every signed `a` that is not negative, and one less than the quotient cut towards zero for every
/// negative one (Granlund and Montgomery, 1994).
fn by_magic(cx: &mut Context<'_>, a: Ref, c: i64) -> Ref {
    let (multiplier, shift) = magic(c);
    let product = cx.make_int(multiplier);
    let mut high = cx.enqueue(IntMulhi, &[a, product]);
    if multiplier < 0 {
        // As a signed number the multiplier is 2^64 less than meant.
        high = cx.enqueue(IntAdd, &[high, a]);
    }
    if shift == 0 {
        return high;
    }
    let shift = cx.make_int(shift);
    cx.enqueue(IntShr, &[high, shift])
}

/// Multiplier and shift for dividing by `c`: the smallest shift that is exact, since a small multiplier saves an addition.
/// `2^shift` never needs to exceed `c`, and so the multiplier fits 64 bits.
fn magic(c: i64) -> (i64, i64) {
    let wide = c as u128;
    let most = 63 - (c as u64).leading_zeros();
    let at = |shift: u32| (1u128 << (64 + shift)) / wide + 1;
    let is_exact = |shift: &u32| at(*shift) * wide - (1u128 << (64 + shift)) <= 1 << (shift + 1);
    let shift = (0..most).find(is_exact).unwrap_or(most);
    (at(shift) as u64 as i64, i64::from(shift))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::compute;

    /// What [`by_magic`] computes.
    fn divided(a: i64, c: i64) -> i64 {
        let (multiplier, shift) = magic(c);
        let high = compute(IntMulhi, a as u64, multiplier as u64).unwrap_or(0) as i64;
        (if multiplier < 0 { high.wrapping_add(a) } else { high }) >> shift
    }

    #[test]
    fn multiplication_divides() {
        let divisors = [3, 5, 6, 7, 9, 10, 11, 12, 25, 100, 125, 625, 641, 1_000_003];
        let large = [i64::MAX, i64::MAX - 1, (1 << 62) + 1, (1 << 62) - 1, 1 << 33 | 1];
        let dividends = [0, 1, 2, 6, 7, 41, 99, 1 << 20, i64::MAX, i64::MAX - 1, 1 << 62];
        for c in divisors.into_iter().chain(large) {
            for a in dividends.into_iter().flat_map(|a| [a, a / c * c, (a / c * c - 1).max(0)]) {
                assert_eq!(divided(a, c), a / c, "{a} / {c}");
                assert_eq!(divided(-a - 1, c), (-a - 1) / c - 1, "-{a} - 1 / {c}");
            }
            assert_eq!(divided(i64::MIN, c), i64::MIN / c - 1, "MIN / {c}");
        }
    }
}
